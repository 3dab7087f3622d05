// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.Compared;
import dev.bartizan.protocol.result.TrustClaim;
import dev.bartizan.protocol.result.TrustTier;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What an appraisal has found so far; of two values of one claim the worse stays. */
final class Findings {
  private static final int MAX_DETAIL = 400;

  /** A device that is wrong all over is told in this many; the worst of the rest still counts. */
  private static final int MAX_REASONS = 64;

  private final Map<TrustClaim, Integer> vector = new EnumMap<>(TrustClaim.class);
  private final List<AttestationResult.Reason> reasons = new ArrayList<>();
  private TrustTier worst = TrustTier.NONE;

  /** A claim that holds and needs no reason. */
  void good(TrustClaim claim, int value) {
    vector.merge(claim, value, Math::max);
  }

  /** A claim that does not hold, and why. */
  void bad(TrustClaim claim, int value, String code, String detail) {
    vector.merge(claim, value, Math::max);
    note(TrustTier.of(value), code, detail);
  }

  /** The same, said by somebody else. */
  void note(AttestationResult.Reason reason) {
    worst = worst.or(reason.tier());
    if (reasons.size() < MAX_REASONS) {
      reasons.add(reason);
    }
  }

  /** A component that is not what it should be. */
  void bad(TrustClaim claim, int value, String code, Compared compared) {
    vector.merge(claim, value, Math::max);
    note(new AttestationResult.Reason(TrustTier.of(value), code, compared));
  }

  /** Something that bounds the status without being one of AR4SI's claims. */
  void note(TrustTier tier, String code, String detail) {
    String bounded = detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL);
    note(new AttestationResult.Reason(tier, code, bounded));
  }

  /** The worst tier of all claims and reasons. */
  TrustTier status() {
    TrustTier status = worst;
    for (int value : vector.values()) {
      status = status.or(TrustTier.of(value));
    }
    return status;
  }

  Map<TrustClaim, Integer> vector() {
    return vector;
  }

  List<AttestationResult.Reason> reasons() {
    return reasons;
  }
}
