// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.tpm.Hierarchy;
import dev.bartizan.crypto.tpm.KeyBlob;
import dev.bartizan.crypto.tpm.KeyTemplates;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PolicyDigest;
import dev.bartizan.crypto.tpm.PolicySession;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmException;
import dev.bartizan.crypto.tpm.TpmFailure;
import dev.bartizan.crypto.tpm.TpmObject;
import dev.bartizan.crypto.tpm.TpmSession;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Any boot PCR that is extended between PolicyPCR and the command it is for, refuses that. */
class StandingPcrsTest {
  private static final PcrSelection SEVEN = PcrSelection.parse("sha256:7");
  private static final Digest WORD = Digest.of(new byte[] {1});
  private static final Bytes SECRET = Bytes.of(new byte[32]);

  @Test
  void whatSomebodyElseMeasuresMeanwhileIsTriedAgainAndNotWithoutEnd() throws Exception {
    try (Swtpm chip = Swtpm.manufacture();
        Tpm tpm = chip.open();
        TpmObject root = tpm.keys().createPrimary(Hierarchy.OWNER, KeyTemplates.storageRoot());
        TpmSession session = tpm.startSession(root)) {
      PolicyDigest policy = PolicyDigest.start().pcrs(tpm.pcrs().read(SEVEN));
      SecretBytes secret = SecretBytes.take(SECRET.toArray());
      KeyBlob blob = tpm.keys().seal(root, KeyTemplates.sealed(policy), secret, session);
      try (TpmObject sealed = tpm.keys().load(root, blob, session)) {
        AtomicInteger measuring = new AtomicInteger(3);
        StandingPcrs.Work<Bytes> opening =
            () -> {
              try (PolicySession opened = tpm.startPolicy(root)) {
                opened.pcrs(SEVEN);
                if (measuring.getAndDecrement() > 0) {
                  tpm.pcrs().extend(13, WORD, session);
                }
                return tpm.keys().unseal(sealed, opened).reveal(Bytes::of);
              }
            };
        assertEquals(SECRET, StandingPcrs.during(opening));
        assertEquals(-1, measuring.get());
        measuring.set(1000);
        TpmException refused = assertThrows(TpmException.class, () -> StandingPcrs.during(opening));
        assertEquals(TpmFailure.POLICY_PCR, refused.failure());
      }
    }
  }
}
