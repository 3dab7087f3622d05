// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.protocol.cose.CoseSign1;
import dev.bartizan.protocol.jws.StatementSigner;
import java.util.Optional;

/** Evidence of a device without a chip: claims that cover the log. */
public final class SampleEvidence {
  private SampleEvidence() {}

  /** The same each time, if {@code identity} signs so. */
  public static Evidence of(EatClaims claims, AgentLog log, StatementSigner identity)
      throws Exception {
    CoseSign1 eat = CoseSign1.unsigned(identity.key(), EatClaims.TYPE, EatCbor.write(claims));
    return new Evidence(eat.signedBy(identity), Optional.empty(), log, BootLogs.none());
  }
}
