// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What docs/footprint.md allows, with the places of one device put in for its words. */
final class Footprint {
  private static final Pattern ROW =
      Pattern.compile("\\| ((?:read|write|connect|listen|, )+) \\| (.*?) \\|.*");
  private static final Pattern PLACE = Pattern.compile("`([^`]+)`");
  private static final String BELOW = "/...";

  /** What is done. */
  enum Act {
    READ,
    WRITE,
    CONNECT,
    LISTEN
  }

  private final Map<Act, List<String>> allowed = new EnumMap<>(Act.class);

  private Footprint() {}

  /**
   * @param words what each word in braces stands for on this device
   */
  static Footprint read(Path document, Map<String, List<String>> words) throws IOException {
    Footprint footprint = new Footprint();
    for (String line : Files.readAllLines(document)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        for (String act : row.group(1).split(", ", -1)) {
          Matcher place = PLACE.matcher(row.group(2));
          while (place.find()) {
            footprint.allow(Act.valueOf(act.toUpperCase(Locale.ROOT)), place.group(1), words);
          }
        }
      }
    }
    return footprint;
  }

  private void allow(Act act, String place, Map<String, List<String>> words) {
    List<String> places = List.of(place);
    for (Map.Entry<String, List<String>> word : words.entrySet()) {
      List<String> next = new ArrayList<>();
      for (String each : places) {
        if (each.contains(word.getKey())) {
          word.getValue().forEach(value -> next.add(each.replace(word.getKey(), value)));
        } else {
          next.add(each);
        }
      }
      places = next;
    }
    allowed.computeIfAbsent(act, any -> new ArrayList<>()).addAll(places);
  }

  /** Whether the document names it. */
  boolean allows(Act act, String place) {
    return allowed.getOrDefault(act, List.of()).stream().anyMatch(it -> covers(it, place));
  }

  private static boolean covers(String rule, String place) {
    if (rule.endsWith("*")) {
      String begin = rule.substring(0, rule.length() - 1);
      return place.startsWith(begin) && place.indexOf('/', begin.length()) < 0;
    }
    if (!rule.endsWith(BELOW)) {
      return rule.equals(place);
    }
    String root = rule.substring(0, rule.length() - BELOW.length());
    return place.equals(root) || place.startsWith(root + "/");
  }
}
