// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * When, and how, a device carries an update out: a part of its policy.
 *
 * @param fetch when payloads may be fetched; at any time when empty
 * @param activate when a staged release may be activated; at any time when empty
 * @param consent whether the local application is asked before it is
 * @param jitter over how long a fleet spreads what it does
 * @param wholeAfterDelta whether a release may be fetched whole when a difference turned out not to
 *     work; else the update is refused, and nobody's link pays for it
 */
public record UpdateTimes(
    List<Window> fetch,
    List<Window> activate,
    boolean consent,
    Duration jitter,
    boolean wholeAfterDelta) {
  /** At once, without asking; never whole where a difference was promised. */
  public static final UpdateTimes ANY =
      new UpdateTimes(List.of(), List.of(), false, Duration.ZERO, false);

  private static final int MAX_WINDOWS = 32;
  private static final long MAX_JITTER_SECONDS = 7L * 24 * 3600;

  public UpdateTimes {
    fetch = List.copyOf(fetch);
    activate = List.copyOf(activate);
    if (jitter.isNegative() || jitter.toSeconds() > MAX_JITTER_SECONDS) {
      throw new IllegalArgumentException("jitter is not between 0 and 7 days: " + jitter);
    }
  }

  public boolean mayFetch(Instant now) {
    return isOpen(fetch, now);
  }

  public boolean mayActivate(Instant now) {
    return isOpen(activate, now);
  }

  private static boolean isOpen(List<Window> windows, Instant now) {
    return windows.isEmpty() || windows.stream().anyMatch(window -> window.isOpen(now));
  }

  static UpdateTimes parse(JsonFields fields) throws Malformed {
    try {
      return new UpdateTimes(
          windows(fields, "fetch_windows"),
          windows(fields, "activate_windows"),
          fields.flag("consent"),
          Duration.ofSeconds(fields.number("jitter_seconds")),
          fields.flag("whole_after_delta"));
    } catch (IllegalArgumentException wrong) {
      throw new Malformed("policy.updates: " + wrong.getMessage(), wrong);
    }
  }

  private static List<Window> windows(JsonFields fields, String name) throws Malformed {
    List<Window> windows = new ArrayList<>();
    for (JsonFields window : fields.objects(name, MAX_WINDOWS)) {
      windows.add(Window.parse(window));
    }
    return windows;
  }

  ObjectNode toJson() {
    ObjectNode json = StrictJson.object();
    ArrayNode fetching = json.putArray("fetch_windows");
    fetch.forEach(window -> fetching.add(window.toJson()));
    ArrayNode activating = json.putArray("activate_windows");
    activate.forEach(window -> activating.add(window.toJson()));
    return json.put("consent", consent)
        .put("jitter_seconds", jitter.toSeconds())
        .put("whole_after_delta", wholeAfterDelta);
  }
}
