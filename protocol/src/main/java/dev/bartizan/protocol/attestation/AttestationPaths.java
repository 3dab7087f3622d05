// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.attestation;

import dev.bartizan.crypto.Digest;

/** Where the server takes what belongs to an attestation. Each is a POST. */
public final class AttestationPaths {
  /** Nothing in, a {@link NonceReply} out. */
  public static final String NONCE = "/attestation/v1/nonce";

  /** Evidence in, an EAR as JWT out; or 409 with {@link LogsWanted}. */
  public static final String EVIDENCE = "/attestation/v1/evidence";

  /** What the name of a log follows, in hexadecimal. */
  public static final String LOGS = "/attestation/v1/logs/";

  /** The media type of the answer to evidence. */
  public static final String RESULT_TYPE = "application/eat+jwt";

  private AttestationPaths() {}

  /** Where the log with this SHA-256 goes: its bytes in, nothing out. */
  public static String log(Digest digest) {
    return LOGS + digest.hex();
  }
}
