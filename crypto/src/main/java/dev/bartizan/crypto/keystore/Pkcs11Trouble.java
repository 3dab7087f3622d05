// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import org.jspecify.annotations.Nullable;

/** What a token said, from below the JDK's many exceptions: their text has the code's name. */
final class Pkcs11Trouble {
  private static final int MAX_DEPTH = 8;
  private static final String CODE = "CKR_";

  private Pkcs11Trouble() {}

  /** The refusal that the failure of a login means. */
  static KeystoreRefusal ofLogin(Pkcs11Module module, Exception failed) {
    return switch (text(failed)) {
      case "CKR_PIN_INCORRECT", "CKR_PIN_INVALID", "CKR_PIN_LEN_RANGE" ->
          new KeystoreRefusal(
              KeystoreRefusal.Reason.WRONG_PIN,
              "the token at " + module + " does not take this PIN; each try may be one of few",
              failed);
      case "CKR_PIN_LOCKED" ->
          new KeystoreRefusal(
              KeystoreRefusal.Reason.PIN_LOCKED,
              "the token at " + module + " has locked its PIN: its security officer unlocks it",
              failed);
      default -> absent(module, failed);
    };
  }

  /** Whatever it was: nothing was done, and nothing will be until the token answers. */
  static KeystoreRefusal absent(Pkcs11Module module, Exception failed) {
    return new KeystoreRefusal(
        KeystoreRefusal.Reason.TOKEN_ABSENT,
        "the token at " + module + " does not answer: " + text(failed),
        failed);
  }

  static boolean isCode(String text) {
    return text.startsWith(CODE);
  }

  /** The module's own code where there is one; else what Java says. */
  static String text(Exception failed) {
    @Nullable Throwable cause = failed;
    for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++) {
      String message = String.valueOf(cause.getMessage());
      int start = message.indexOf(CODE);
      if (start >= 0) {
        return message.substring(start).split("[^A-Z0-9_]", 2)[0];
      }
      cause = cause.getCause();
    }
    return String.valueOf(failed.getMessage());
  }
}
