// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.util.Arrays;

/** What a command returned: checked against its session and decrypted. */
final class TpmReply {
  private final CommandCode code;
  private final int handle;
  private final byte[] content;

  /** Takes over {@code content}. */
  TpmReply(CommandCode code, int handle, byte[] content) {
    this.code = code;
    this.handle = handle;
    this.content = content;
  }

  int handle() {
    return handle;
  }

  /**
   * Reads the parameters, all of them, and zeroes them afterwards.
   *
   * @throws TpmException when they are not what {@code reading} expects
   */
  <T> T read(Reading<T> reading) throws TpmException {
    try {
      TpmReader in = new TpmReader(content);
      T result = reading.read(in);
      in.end();
      return result;
    } catch (TpmRefusal refusal) {
      throw TpmException.garbage(code, refusal);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  /** Insists that there are no parameters. */
  void readNothing() throws TpmException {
    read(in -> Boolean.TRUE);
  }

  /** Takes one structure after the other. */
  @FunctionalInterface
  interface Reading<T> {
    T read(TpmReader in) throws TpmRefusal;
  }
}
