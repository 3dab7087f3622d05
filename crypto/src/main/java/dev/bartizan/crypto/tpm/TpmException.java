// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The TPM said no, or said something that cannot be used. The message says what to do. */
public final class TpmException extends IOException {
  private static final long serialVersionUID = 1L;

  private final CommandCode command;
  private final int responseCode;
  private final TpmFailure failure;

  private TpmException(
      CommandCode command,
      int responseCode,
      TpmFailure failure,
      String message,
      @Nullable Throwable cause) {
    super(message, cause);
    this.command = command;
    this.responseCode = responseCode;
    this.failure = failure;
  }

  /** The TPM answered {@code command} with an error. */
  static TpmException answered(CommandCode command, int responseCode) {
    TpmFailure failure = TpmFailure.of(responseCode);
    String code = "0x" + Integer.toHexString(responseCode);
    return new TpmException(
        command,
        responseCode,
        failure,
        command + ": " + failure.advice() + " (" + code + ")",
        null);
  }

  /** The TPM claimed success, but what it sent is not what the command returns. */
  static TpmException garbage(CommandCode command, TpmRefusal refusal) {
    return new TpmException(
        command,
        0,
        TpmFailure.GARBAGE,
        command + ": " + TpmFailure.GARBAGE.advice() + ": " + refusal.getMessage(),
        refusal);
  }

  /** The response does not carry the authentication code of the session it was asked in. */
  static TpmException notAuthentic(CommandCode command) {
    return new TpmException(
        command,
        0,
        TpmFailure.NOT_AUTHENTIC,
        command + ": " + TpmFailure.NOT_AUTHENTIC.advice(),
        null);
  }

  public CommandCode command() {
    return command;
  }

  /** The TPM_RC as it came, or 0 when the response claimed success. */
  public int responseCode() {
    return responseCode;
  }

  public TpmFailure failure() {
    return failure;
  }
}
