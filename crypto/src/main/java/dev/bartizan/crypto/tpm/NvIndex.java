// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;

/**
 * The public area of an NV index (TPMS_NV_PUBLIC).
 *
 * @param index the TPM_HANDLE, 01xxxxxx
 * @param attributes TPMA_NV bits
 * @param size bytes of content, at most what one of our structures holds
 */
public record NvIndex(int index, TpmHash nameHash, int attributes, Bytes policy, int size) {
  /** Written and read by its own (empty) password, or read by the owner; no lockout. */
  private static final int OPEN = 1 << 2 | 1 << 17 | 1 << 18 | 1 << 25;

  /** Written by policy alone, read by its (empty) password or by the owner; no lockout. */
  private static final int GUARDED = 1 << 3 | 1 << 17 | 1 << 18 | 1 << 25;

  private static final int TYPE_BITS = 0xf << 4;
  private static final int TYPE_COUNTER = 1 << 4;
  private static final int TYPE_EXTEND = 4 << 4;
  private static final int WRITTEN = 1 << 29;
  private static final int COUNTER_BYTES = 8;

  /** An index of plain bytes to define. */
  public static NvIndex ordinary(int index, int size) {
    return new NvIndex(index, TpmHash.SHA256, OPEN, Bytes.empty(), size);
  }

  /** An index of plain bytes to define, which nothing but the policy writes. */
  public static NvIndex guarded(int index, int size, PolicyDigest policy) {
    return new NvIndex(index, TpmHash.SHA256, GUARDED, policy.value(), size);
  }

  /** A counter to define, which nothing but the policy raises. */
  public static NvIndex guardedCounter(int index, PolicyDigest policy) {
    return new NvIndex(
        index, TpmHash.SHA256, GUARDED | TYPE_COUNTER, policy.value(), COUNTER_BYTES);
  }

  /** Whether it counts, whoever may raise it. */
  public boolean isCounter() {
    return (attributes & TYPE_BITS) == TYPE_COUNTER && size == COUNTER_BYTES;
  }

  /** A counter to define: eight bytes, big-endian, never smaller. */
  public static NvIndex counter(int index) {
    return new NvIndex(index, TpmHash.SHA256, OPEN | TYPE_COUNTER, Bytes.empty(), COUNTER_BYTES);
  }

  /** An index to define that is extended like a PCR, and survives resets. */
  public static NvIndex extendable(int index) {
    int size = TpmHash.SHA256.size();
    return new NvIndex(index, TpmHash.SHA256, OPEN | TYPE_EXTEND, Bytes.empty(), size);
  }

  /** Whether it has ever been written. */
  public boolean isWritten() {
    return (attributes & WRITTEN) != 0;
  }

  /** The same index once it has content. */
  public NvIndex written() {
    return new NvIndex(index, nameHash, attributes | WRITTEN, policy, size);
  }

  TpmHandle handle() {
    byte[] digest = nameHash.digest(encode());
    return new TpmHandle(
        index, Bytes.of(new TpmWriter().u16(nameHash.id()).bytes(digest).toArray()));
  }

  byte[] encode() {
    TpmWriter out = new TpmWriter().u32(index).u16(nameHash.id()).u32(attributes);
    return out.sized(policy.toArray()).u16(size).toArray();
  }

  static NvIndex readWithName(TpmReader in) throws TpmRefusal {
    NvIndex index = read(new TpmReader(in.sized(TpmPublic.LIMIT)));
    if (!Bytes.of(in.sized(TpmName.LIMIT)).equals(index.handle().name())) {
      throw TpmRefusal.malformed("the index has another name than its public area");
    }
    return index;
  }

  private static NvIndex read(TpmReader in) throws TpmRefusal {
    int index = in.u32();
    TpmHash nameHash = TpmHash.of(in.u16());
    int attributes = in.u32();
    Bytes policy = Bytes.of(in.sized(TpmHash.SHA512.size()));
    int size = in.u16();
    in.end();
    if (size > TpmWriter.CAPACITY) {
      throw TpmRefusal.malformed("an NV index of " + size + " bytes");
    }
    return new NvIndex(index, nameHash, attributes, policy, size);
  }
}
