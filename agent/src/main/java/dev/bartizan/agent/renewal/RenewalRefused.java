// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.renewal;

import dev.bartizan.crypto.Refusal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** There is no new certificate, or none that this device takes. The present one stays. */
public final class RenewalRefused extends Refusal {
  /** What the server gave is not for this device. */
  static final String BAD_CERTIFICATE_GIVEN = "BAD_CERTIFICATE_GIVEN";

  private static final long serialVersionUID = 1L;

  private static final Set<String> FOR_WANT_OF_EVIDENCE =
      Set.of("EVIDENCE_NEEDED", "EVIDENCE_NOT_GOOD");

  private final String code;

  public RenewalRefused(String code, String message) {
    this(code, message, null);
  }

  RenewalRefused(String code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** Whether another attestation may change it. */
  boolean isForWantOfEvidence() {
    return FOR_WANT_OF_EVIDENCE.contains(code);
  }

  /** Whether the server does not know the present certificate: a new enrolment may change it. */
  boolean isForWantOfACertificate() {
    return code.equals("BAD_CERTIFICATE");
  }

  @Override
  public String code() {
    return code;
  }
}
