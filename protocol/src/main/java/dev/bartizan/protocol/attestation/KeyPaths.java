// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.attestation;

import dev.bartizan.crypto.Digest;

/** Where the key broker gives content keys against evidence. Each is a POST. */
public final class KeyPaths {
  /** What lies below is one release's, by the SHA-256 of its manifest. */
  public static final String FOLDER = "/keys/v1/";

  /** The last part of the path that a nonce is asked for at. */
  public static final String NONCE = "/nonce";

  /** The media type of a wrapped key: CMS EnvelopedData, DER. */
  public static final String ENVELOPE_TYPE = "application/cms";

  private KeyPaths() {}

  /** Nothing in, a {@link NonceReply} out: the evidence for it is for this release's key. */
  public static String nonce(Digest release) {
    return key(release) + NONCE;
  }

  /** Evidence in, the wrapped key out; or 409 with {@link LogsWanted}. */
  public static String key(Digest release) {
    return FOLDER + release.hex();
  }
}
