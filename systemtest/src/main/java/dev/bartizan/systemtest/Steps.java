// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.Locale;

/** The steps of a demonstration: each is done, checked, measured and told. */
final class Steps {
  private final PrintStream out;
  private final ObjectNode document = new ObjectMapper().createObjectNode();
  private final ArrayNode steps = document.putArray("steps");
  private boolean allTrue = true;

  Steps(PrintStream out) {
    this.out = out;
  }

  /** What a step does. It throws when something it checked is not so. */
  @FunctionalInterface
  interface Step {
    void run(Facts facts) throws Exception;
  }

  /** What a step measured, in the order it did. */
  static final class Facts {
    private final ObjectNode values;
    private final StringBuilder line = new StringBuilder();

    private Facts(ObjectNode values) {
      this.values = values;
    }

    Facts add(String name, long value, String unit) {
      values.put(name, value);
      return say(name, value + (unit.isEmpty() ? "" : " " + unit));
    }

    Facts add(String name, String value) {
      values.put(name, value);
      return say(name, value);
    }

    private Facts say(String name, String value) {
      line.append(line.length() == 0 ? "" : ", ");
      line.append(name.replace('_', ' ')).append(' ').append(value);
      return this;
    }
  }

  /**
   * Does a step. After one that failed, the others are left out: each stands on those before it.
   */
  void step(String name, Step step) {
    if (!allTrue) {
      return;
    }
    ObjectNode entry = steps.addObject().put("name", name);
    Facts facts = new Facts(entry);
    long start = System.nanoTime();
    try {
      step.run(facts);
      entry.put("ok", true);
    } catch (Exception notSo) {
      entry.put("ok", false).put("error", String.valueOf(notSo.getMessage()));
      allTrue = false;
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    entry.put("ms", millis);
    tell(name, entry, facts, millis);
  }

  private void tell(String name, ObjectNode entry, Facts facts, long millis) {
    String mark = entry.path("ok").asBoolean() ? "ok  " : "FAIL";
    out.printf(Locale.ROOT, "%s %6.1f s  %s%n", mark, millis / 1000.0, name);
    if (facts.line.length() > 0) {
      out.println("                " + facts.line);
    }
    if (entry.has("error")) {
      out.println("                " + entry.path("error").asText());
    }
  }

  boolean allTrue() {
    return allTrue;
  }

  String toJson() {
    return document.put("ok", allTrue).toString();
  }
}
