// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.Release;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The plan of one deployment as it lies beside the journal; see docs/wire-formats.md.
 *
 * @param deployment its id
 * @param strategies by component, all that move
 */
record WrittenPlan(String deployment, Map<ComponentName, WrittenStrategy> strategies) {
  static final int MAX_LENGTH = 64 << 10;

  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-plan", 1);
  private static final int MAX_NAME = 200;
  private static final int MAX_VERSION = 64;
  private static final int MAX_COMPONENTS = 100;
  private static final int MAX_STEPS = 16;

  WrittenPlan {
    strategies = Collections.unmodifiableMap(new TreeMap<>(strategies));
  }

  byte[] encode() {
    ObjectNode plan = FORMAT.begin().put("deployment", deployment);
    ArrayNode all = plan.putArray("strategies");
    new TreeMap<>(strategies)
        .forEach((component, strategy) -> encode(component, strategy, all.addObject()));
    return StrictJson.write(plan);
  }

  private static void encode(ComponentName component, WrittenStrategy strategy, ObjectNode node) {
    node.put("component", component.text())
        .put("release", strategy.release().hex())
        .put("strategy", strategy.kind().text());
    ArrayNode bases = node.putArray("bases");
    strategy.bases().forEach(base -> bases.add(base.hex()));
    ArrayNode links = node.putArray("links");
    strategy
        .links()
        .forEach(
            link ->
                links
                    .addObject()
                    .put("release", link.to().manifest().hex())
                    .put("version", link.to().version())
                    .put("delta", link.delta().hex()));
  }

  /**
   * Reads what {@link #encode} wrote, and nothing else.
   *
   * @throws PlanRefusal UNREADABLE
   */
  static WrittenPlan decode(byte[] file) throws PlanRefusal {
    try {
      JsonFields in = StrictJson.read(file, MAX_LENGTH, "plan");
      FORMAT.require(in, "plan");
      Map<ComponentName, WrittenStrategy> strategies = new TreeMap<>();
      for (JsonFields strategy : in.objects("strategies", MAX_COMPONENTS)) {
        strategies.put(component(strategy), strategy(strategy));
      }
      WrittenPlan plan = new WrittenPlan(in.text("deployment", MAX_NAME), strategies);
      requireSame(plan.encode(), file);
      return plan;
    } catch (Malformed notOurs) {
      throw new PlanRefusal(PlanRefusal.Code.UNREADABLE, String.valueOf(notOurs.getMessage()));
    }
  }

  /** So a flipped bit is found in whatever place nobody reads. */
  private static void requireSame(byte[] written, byte[] found) throws Malformed {
    if (!Arrays.equals(written, found)) {
      throw new Malformed("plan is not written as this agent writes it");
    }
  }

  private static ComponentName component(JsonFields in) throws Malformed {
    try {
      return ComponentName.of(in.text("component", MAX_NAME));
    } catch (IllegalArgumentException none) {
      throw new Malformed("plan: no component: " + none.getMessage());
    }
  }

  private static WrittenStrategy strategy(JsonFields in) throws Malformed {
    WrittenStrategy.Kind kind =
        WrittenStrategy.Kind.find(in.text("strategy", MAX_NAME))
            .orElseThrow(() -> new Malformed("plan: no such way"));
    List<Digest> bases = new ArrayList<>();
    for (String base : in.texts("bases", MAX_STEPS, 2 * Digest.LENGTH)) {
      bases.add(JsonFields.parseDigest("plan.bases", base));
    }
    List<WrittenStrategy.Link> links = new ArrayList<>();
    for (JsonFields link : in.objects("links", MAX_STEPS)) {
      Release to = new Release(link.digest("release"), link.text("version", MAX_VERSION));
      links.add(new WrittenStrategy.Link(to, link.digest("delta")));
    }
    return new WrittenStrategy(in.digest("release"), kind, bases, links);
  }
}
