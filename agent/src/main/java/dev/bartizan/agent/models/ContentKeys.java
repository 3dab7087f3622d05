// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.models;

import dev.bartizan.agent.identity.CredentialStore;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import java.io.IOException;

/** The content keys that are wrapped to this device, unwrapped by its keystore. */
public final class ContentKeys {
  private final Envelopes envelopes;
  private final DeviceKeystore keystore;
  private final CredentialStore credentials;
  private final SecretMemory memory;

  /**
   * @param credentials have the certificate to which the keys are wrapped
   * @param memory for keys, and what is derived from them
   */
  public ContentKeys(
      Envelopes envelopes,
      DeviceKeystore keystore,
      CredentialStore credentials,
      SecretMemory memory) {
    this.envelopes = envelopes;
    this.keystore = keystore;
    this.credentials = credentials;
    this.memory = memory;
  }

  /** The key of {@code release}; in this boot state, or not at all. */
  SecretBytes open(Digest release) throws Refusal, IOException {
    return envelopes
        .get(release)
        .open(credentials.current().unwrapCertificate(), keystore::agree, memory);
  }
}
