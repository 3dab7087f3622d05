// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.util.Arrays;

/** Writes big-endian TPM structures. Holds no more than one TPM command can. */
final class TpmWriter {
  /** Commands and responses of every TPM in use fit in this (TPM_PT_MAX_COMMAND_SIZE). */
  static final int CAPACITY = 4096;

  private final byte[] content = new byte[CAPACITY];
  private int length;

  TpmWriter u8(int value) {
    content[claim(1)] = (byte) value;
    return this;
  }

  TpmWriter u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  TpmWriter u32(int value) {
    return u16(value >>> 16).u16(value);
  }

  TpmWriter u64(long value) {
    return u32((int) (value >>> 32)).u32((int) value);
  }

  TpmWriter bytes(byte[] value) {
    System.arraycopy(value, 0, content, claim(value.length), value.length);
    return this;
  }

  /** A TPM2B: two bytes of length, then the bytes. */
  TpmWriter sized(byte[] value) {
    return u16(value.length).bytes(value);
  }

  byte[] toArray() {
    return Arrays.copyOf(content, length);
  }

  /** The bytes written, once: what this writer held is zeroed. */
  byte[] takeAndWipe() {
    byte[] taken = toArray();
    Arrays.fill(content, (byte) 0);
    return taken;
  }

  private int claim(int more) {
    if (more > CAPACITY - length) {
      throw new IllegalStateException("a TPM structure of more than " + CAPACITY + " bytes");
    }
    int start = length;
    length += more;
    return start;
  }
}
