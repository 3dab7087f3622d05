package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.PolicyDigest;
import dev.bartizan.crypto.tpm.PolicySession;
import dev.bartizan.crypto.tpm.Tpm;
import java.io.IOException;

/**
 * The boot state the unwrap key is bound to.
 *
 * <p>The key itself carries {@link #digest}, and the TPM alone decides. The values kept here only
 * serve to explain a refusal: changing them on disk opens nothing.
 *
 * @param expected what the PCRs held when the key was made
 */
record PcrPolicy(PcrValues expected) {
  PolicyDigest digest() {
    return PolicyDigest.start().pcrs(expected);
  }

  void fulfil(PolicySession session) throws IOException {
    session.pcrs(expected.selection());
  }

  /** After the TPM said no: which PCRs are to blame. */
  KeystoreRefusal explain(Tpm tpm) throws IOException {
    String differences = tpm.pcrs().read(expected.selection()).differencesFrom(expected);
    return differences.isEmpty()
        ? new KeystoreRefusal(
            KeystoreRefusal.Reason.BLOB_CHANGED, "the unwrap key has another policy than recorded")
        : new KeystoreRefusal(
            KeystoreRefusal.Reason.PCR_MISMATCH, "not the boot state of enrolment: " + differences);
  }
}
