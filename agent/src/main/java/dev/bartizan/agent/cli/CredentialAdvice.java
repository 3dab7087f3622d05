// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

/** What to do when a device's certificate is not renewed. */
final class CredentialAdvice {
  private CredentialAdvice() {}

  /**
   * What to do about it.
   *
   * @param error as {@code status} has it: a code and a message, or what went wrong in the world
   */
  static String about(String error) {
    int colon = error.indexOf(':');
    return switch (colon < 0 ? error : error.substring(0, colon)) {
      case "EVIDENCE_NOT_GOOD" ->
          "see `bartizan check` and the alarms in `bartizan status`: mended, it is renewed by"
              + " itself";
      case "EVIDENCE_NEEDED" -> "ask the operator whether his server takes evidence over HTTPS";
      case "NOT_WELCOME" ->
          "ask the operator why; `bartizan-fleet device release` ends a quarantine";
      case "UNKNOWN_DEVICE", "EXPIRED", "BAD_TOKEN", "NO_EK_CERTIFICATE", "UNKNOWN_CHIP" ->
          "enrol again, with a token of the operator's (bartizan enroll)";
      case "BAD_CERTIFICATE_GIVEN", "BAD_GRANT" ->
          "is the clock right? If it is, the server is not the one of fleet.trust_anchors";
      case "KEYSTORE_NOT_ACCEPTED" ->
          "the operator's server has to be started with --accept-keystore";
      default -> "check fleet.server and the network; it is tried again by itself";
    };
  }
}
