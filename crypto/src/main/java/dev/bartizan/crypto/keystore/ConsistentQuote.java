// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.QuoteAttest;
import dev.bartizan.crypto.tpm.SignedStatement;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmObject;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.crypto.tpm.TpmSession;
import java.io.IOException;

/** Values and quote are two commands: repeats them when a PCR was extended in between. */
final class ConsistentQuote {
  private static final int MAX_TRIES = 5;

  private final Tpm tpm;
  private final TpmObject key;
  private final TpmSession session;

  ConsistentQuote(Tpm tpm, TpmObject key, TpmSession session) {
    this.tpm = tpm;
    this.key = key;
    this.session = session;
  }

  Quote take(PcrSelection selection, Bytes qualifyingData) throws IOException, TpmRefusal {
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      PcrValues values = tpm.pcrs().read(selection);
      SignedStatement quote = tpm.attestation().quote(key, selection, qualifyingData, session);
      QuoteAttest attest = QuoteAttest.accept(quote.attest(), quote.signature(), key.publicArea());
      if (attest.pcrDigest().equals(values.digest(quote.signature().hash()))) {
        return new Quote(
            quote.attest(), quote.signature().encode(), key.publicArea().encode(), values);
      }
    }
    throw new IOException("the PCRs " + selection + " do not stand still");
  }
}
