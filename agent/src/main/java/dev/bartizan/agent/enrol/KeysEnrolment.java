// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.enrol;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.protocol.enrolment.Grant;
import dev.bartizan.protocol.enrolment.KeyPossession;
import dev.bartizan.protocol.enrolment.KeysBeginReply;
import dev.bartizan.protocol.enrolment.KeysBeginRequest;
import dev.bartizan.protocol.enrolment.KeysFinishRequest;
import java.io.IOException;
import java.util.Optional;

/** Enrols a device whose keystore has no endorsement key: a token, and proof of both keys. */
public final class KeysEnrolment {
  private final DeviceKeystore keystore;
  private final EnrolmentService server;
  private final GrantCheck check;

  public KeysEnrolment(DeviceKeystore keystore, EnrolmentService server, GrantCheck check) {
    this.keystore = keystore;
    this.server = server;
    this.check = check;
  }

  /**
   * Enrols, or enrols again.
   *
   * @param token the operator's one-time permission, without which nothing vouches for this device
   * @return certificates that were checked to be this device's; the caller stores them
   * @throws IOException when keystore or server cannot be reached now
   * @throws Refusal when either says no, or the grant is not for this device
   */
  public Grant enrol(Optional<String> token) throws IOException, Refusal {
    KeysBeginReply challenge = begin(token);
    KeyPossession possession =
        new KeyPossession(
            challenge.nonce(),
            keystore.publicKey(KeyPurpose.IDENTITY),
            keystore.publicKey(KeyPurpose.UNWRAP));
    KeysFinishRequest answer =
        new KeysFinishRequest(
            challenge.session(),
            keystore.signDigest(possession.statement()),
            proof(possession, challenge));
    Grant grant = Grant.read(server.post(KeysFinishRequest.PATH, answer.write()));
    check.require(grant, keystore);
    return grant;
  }

  private KeysBeginReply begin(Optional<String> token) throws IOException, Refusal {
    KeysBeginRequest request =
        new KeysBeginRequest(
            token.orElseThrow(
                () ->
                    new EnrolmentRefused(
                        "NO_TOKEN", "a keystore without a chip enrols with --token-file only")),
            keystore.protection().kind(),
            keystore.publicKey(KeyPurpose.IDENTITY),
            keystore.publicKey(KeyPurpose.UNWRAP));
    return KeysBeginReply.read(server.post(KeysBeginRequest.PATH, request.write()));
  }

  private Bytes proof(KeyPossession possession, KeysBeginReply challenge)
      throws IOException, Refusal {
    try (SecretBytes shared = keystore.agree(challenge.ephemeral())) {
      return possession.proof(shared);
    }
  }
}
