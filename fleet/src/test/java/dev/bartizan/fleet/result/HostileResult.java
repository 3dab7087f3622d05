// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.result;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.AttestationResult.Reason;
import dev.bartizan.protocol.result.Compared;
import dev.bartizan.protocol.result.TrustClaim;
import dev.bartizan.protocol.result.TrustTier;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A result whose reasons quote a device that chose its words. */
final class HostileResult {
  static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  static final String WORDS = "\"><script>alert('1')</script>&\u202e\u0000\n{\"event\":1}\ud800";

  private HostileResult() {}

  static AttestationResult withReasons(TrustTier status, Reason... reasons) {
    return new AttestationResult(
        Ueid.of(Digest.of(new byte[] {1})),
        Nonce.ofHex("0102030405060708"),
        NOW,
        NOW.plusSeconds(3600),
        status,
        Map.of(TrustClaim.INSTANCE_IDENTITY, 2, TrustClaim.EXECUTABLES, 3),
        List.of(reasons),
        Digest.of(new byte[] {3}));
  }

  static AttestationResult hostile() {
    return withReasons(
        TrustTier.CONTRAINDICATED,
        new Reason(TrustTier.CONTRAINDICATED, "PCR_MISMATCH", new Compared("pcr 7", "a", WORDS)),
        new Reason(TrustTier.WARNING, "SELF_CHECK_FAILED", WORDS),
        new Reason(TrustTier.NONE, "REFERENCES_NOT_CURRENT", "those of yesterday"));
  }
}
