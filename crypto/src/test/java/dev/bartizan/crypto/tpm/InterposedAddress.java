// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Somebody between us and the chip, who may change or replace every response. */
public final class InterposedAddress implements TpmAddress {
  private final TpmAddress address;
  private final Interposer interposer;

  public InterposedAddress(TpmAddress address, Interposer interposer) {
    this.address = address;
    this.interposer = interposer;
  }

  /** What becomes of a response. */
  @FunctionalInterface
  public interface Interposer {
    byte[] interfere(CommandCode command, byte[] response);
  }

  @Override
  public TpmTransport open() throws IOException {
    TpmTransport transport = address.open();
    return new TpmTransport() {
      @Override
      public byte[] exchange(byte[] command) throws IOException {
        return interposer.interfere(codeOf(command), transport.exchange(command));
      }

      @Override
      public void close() throws IOException {
        transport.close();
      }
    };
  }

  private static CommandCode codeOf(byte[] command) {
    int number = ByteBuffer.wrap(command).getInt(6);
    for (CommandCode code : CommandCode.values()) {
      if (code.code() == number) {
        return code;
      }
    }
    throw new AssertionError("an unknown command was sent: " + number);
  }
}
