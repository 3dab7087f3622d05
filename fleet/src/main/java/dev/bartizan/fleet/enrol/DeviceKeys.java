// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.keystore.CertifiedKey;
import dev.bartizan.crypto.tpm.CertifyAttest;
import dev.bartizan.crypto.tpm.EccParameters;
import dev.bartizan.crypto.tpm.TpmCurve;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.crypto.tpm.TpmSignature;
import dev.bartizan.fleet.enrol.EnrolmentRefusal.Reason;
import dev.bartizan.protocol.enrolment.FinishRequest;
import java.security.interfaces.ECPublicKey;

/**
 * The two keys that get certificates: of a chip, seen to live beside its attestation key; else seen
 * to be the device's.
 */
record DeviceKeys(ECPublicKey identity, ECPublicKey unwrap) {
  /**
   * Checks both certifications and that each key can do what its purpose needs and nothing else.
   *
   * @param attestationKey already activated: it is in the chip the EK certificate is about
   */
  static DeviceKeys require(FinishRequest request, TpmPublic attestationKey, Bytes nonce)
      throws TpmRefusal, EnrolmentRefusal {
    TpmPublic identity = certified(request.identity(), attestationKey, nonce);
    identity.requireSigningKey();
    TpmPublic unwrap = certified(request.unwrap(), attestationKey, nonce);
    unwrap.requirePolicyBoundAgreementKey();
    return new DeviceKeys(p256(identity, "identity"), p256(unwrap, "unwrap"));
  }

  private static TpmPublic certified(CertifiedKey key, TpmPublic attestationKey, Bytes nonce)
      throws TpmRefusal, EnrolmentRefusal {
    TpmPublic subject = TpmPublic.parse(key.publicArea());
    TpmSignature signature = TpmSignature.parse(key.signature());
    CertifyAttest attest = CertifyAttest.accept(key.attest(), signature, attestationKey, subject);
    if (!attest.header().extraData().equals(nonce)) {
      throw new EnrolmentRefusal(Reason.BAD_KEY, "a key was certified for another session");
    }
    return subject;
  }

  private static ECPublicKey p256(TpmPublic key, String purpose)
      throws TpmRefusal, EnrolmentRefusal {
    if (key.parameters() instanceof EccParameters ecc && ecc.curve() == TpmCurve.P256) {
      return ecc.toPublicKey();
    }
    throw new EnrolmentRefusal(Reason.BAD_KEY, "the " + purpose + " key is not on P-256");
  }
}
