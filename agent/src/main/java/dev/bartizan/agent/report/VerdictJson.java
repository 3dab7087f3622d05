// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.system.Safeguard;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.boot.Link;
import dev.bartizan.crypto.json.StrictJson;
import java.util.List;

/** Verdicts as {@code check --json} and {@code status --json} print them. */
public final class VerdictJson {
  private VerdictJson() {}

  /** A chain, link by link. */
  public static ObjectNode chain(ChainVerdict chain) {
    ObjectNode json = StrictJson.object().put("verdict", chain.overall().text());
    ArrayNode links = json.putArray("links");
    for (Link link : chain.links()) {
      links
          .addObject()
          .put("name", link.name())
          .put("verdict", link.verdict().text())
          .put("expected", link.expected())
          .put("found", link.found());
    }
    return json;
  }

  /** What keeps keys and weights from others. */
  public static ArrayNode safeguards(List<Safeguard> safeguards) {
    ArrayNode json = StrictJson.object().putArray("safeguards");
    for (Safeguard safeguard : safeguards) {
      json.addObject()
          .put("name", safeguard.name())
          .put("verdict", safeguard.verdict().text())
          .put("found", safeguard.found());
    }
    return json;
  }
}
