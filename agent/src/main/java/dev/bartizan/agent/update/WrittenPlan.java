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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The plan of one deployment as it lies beside the journal; see docs/wire-formats.md.
 *
 * @param deployment its id
 * @param ways by component, all that move
 */
record WrittenPlan(String deployment, Map<ComponentName, WrittenWay> ways) {
  static final int MAX_LENGTH = 64 << 10;

  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-plan", 1);
  private static final int MAX_NAME = 200;
  private static final int MAX_VERSION = 64;
  private static final int MAX_COMPONENTS = 100;
  private static final int MAX_STEPS = 16;

  WrittenPlan {
    ways = Map.copyOf(ways);
  }

  byte[] encode() {
    ObjectNode plan = FORMAT.begin().put("deployment", deployment);
    ArrayNode all = plan.putArray("ways");
    new TreeMap<>(ways).forEach((component, way) -> encode(component, way, all.addObject()));
    return StrictJson.write(plan);
  }

  private static void encode(ComponentName component, WrittenWay way, ObjectNode node) {
    node.put("component", component.text())
        .put("release", way.release().hex())
        .put("way", way.kind().text());
    ArrayNode bases = node.putArray("bases");
    way.bases().forEach(base -> bases.add(base.hex()));
    ArrayNode links = node.putArray("links");
    way.links()
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
      Map<ComponentName, WrittenWay> ways = new TreeMap<>();
      for (JsonFields way : in.objects("ways", MAX_COMPONENTS)) {
        ways.put(component(way), way(way));
      }
      WrittenPlan plan = new WrittenPlan(in.text("deployment", MAX_NAME), ways);
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

  private static WrittenWay way(JsonFields in) throws Malformed {
    WrittenWay.Kind kind =
        WrittenWay.Kind.find(in.text("way", MAX_NAME))
            .orElseThrow(() -> new Malformed("plan: no such way"));
    List<Digest> bases = new ArrayList<>();
    for (String base : in.texts("bases", MAX_STEPS, 2 * Digest.LENGTH)) {
      bases.add(JsonFields.parseDigest("plan.bases", base));
    }
    List<WrittenWay.Link> links = new ArrayList<>();
    for (JsonFields link : in.objects("links", MAX_STEPS)) {
      Release to = new Release(link.digest("release"), link.text("version", MAX_VERSION));
      links.add(new WrittenWay.Link(to, link.digest("delta")));
    }
    return new WrittenWay(in.digest("release"), kind, bases, links);
  }
}
