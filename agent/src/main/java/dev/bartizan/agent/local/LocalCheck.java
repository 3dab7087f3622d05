// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.report.VerdictJson;
import dev.bartizan.agent.schedule.EventLoop;
import dev.bartizan.agent.system.Safeguards;
import dev.bartizan.agent.trust.BootCheck;
import dev.bartizan.agent.trust.RollbackAnchor;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.json.StrictJson;
import java.io.IOException;
import java.util.List;

/** {@code bartizan check}, by the daemon. */
final class LocalCheck {
  private final EventLoop loop;
  private final BootCheck bootCheck;
  private final RollbackAnchor anchor;
  private final IntegrityCheck integrity;
  private final Safeguards safeguards;

  LocalCheck(
      EventLoop loop,
      BootCheck bootCheck,
      RollbackAnchor anchor,
      IntegrityCheck integrity,
      Safeguards safeguards) {
    this.loop = loop;
    this.bootCheck = bootCheck;
    this.anchor = anchor;
    this.integrity = integrity;
    this.safeguards = safeguards;
  }

  byte[] document() throws IOException, Refusal, InterruptedException {
    ChainVerdict boot = bootCheck.examine();
    // In the loop's turn, in which nothing else writes what is looked at.
    ChainVerdict rest =
        loop.call(
            "a local check",
            () ->
                new ChainVerdict(List.of(anchor.examine()))
                    .then(integrity.examine(boot.overall())));
    ObjectNode chain = VerdictJson.chain(boot.then(rest));
    chain.set("safeguards", VerdictJson.safeguards(safeguards.examine()));
    return StrictJson.write(chain);
  }
}
