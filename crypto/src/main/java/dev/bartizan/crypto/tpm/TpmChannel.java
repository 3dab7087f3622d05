// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.io.Closeable;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;

/**
 * Frames commands, repeats those a busy TPM asks to repeat, and turns response codes into types.
 */
final class TpmChannel implements Closeable {
  private static final int MAX_TRIES = 8;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

  private final TpmTransport transport;
  private final SecureRandom random;
  private final Pause pause;
  private boolean broken;

  TpmChannel(TpmTransport transport, SecureRandom random, Pause pause) {
    this.transport = transport;
    this.random = random;
    this.pause = pause;
  }

  /** The bytes of a call. Its session's nonce is rolled. */
  byte[] encode(TpmCall call) {
    return call.encode(random);
  }

  /** Runs an encoded call, repeating the same bytes while the TPM is busy: it has used no nonce. */
  TpmReply run(TpmCall call, byte[] encoded) throws IOException {
    Duration wait = FIRST_PAUSE;
    for (int tries = 1; ; tries++) {
      byte[] response = exchange(encoded);
      try {
        return accept(call, response);
      } catch (TpmException failed) {
        if (!failed.failure().isTransient() || tries == MAX_TRIES) {
          throw failed;
        }
      }
      pause.pause(wait);
      wait = wait.multipliedBy(2);
    }
  }

  /** Whether nothing more can be said to the TPM through here. */
  boolean isBroken() {
    return broken;
  }

  private byte[] exchange(byte[] command) throws IOException {
    try {
      return transport.exchange(command);
    } catch (IOException lost) {
      broken = true;
      throw lost;
    }
  }

  private static TpmReply accept(TpmCall call, byte[] response) throws TpmException {
    try {
      TpmReader in = new TpmReader(response);
      int tag = in.u16();
      if (in.u32() != response.length) {
        throw TpmRefusal.malformed("announces another length than " + response.length);
      }
      int responseCode = in.u32();
      if (responseCode != 0) {
        throw TpmException.answered(call.code(), responseCode);
      }
      return call.accept(tag, in);
    } catch (TpmRefusal refusal) {
      throw TpmException.garbage(call.code(), refusal);
    }
  }

  @Override
  public void close() throws IOException {
    transport.close();
  }
}
