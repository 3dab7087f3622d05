// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The member {@code settings} of reference values: {@code {"swap": ["encrypted", "none"]}}. */
public final class DemandedSettings {
  /** What nobody could see; it is acceptable to nobody. */
  public static final String UNKNOWN = "unknown";

  private static final Pattern NAME = Pattern.compile("[a-z][a-z-]{0,19}");
  private static final Pattern VALUE = Pattern.compile("[a-z0-9-]{1,20}");
  private static final String SETTINGS = "settings";
  private static final int MAX_SETTINGS = 32;
  private static final int MAX_VALUES = 16;
  private static final int MAX_TEXT = 20;

  private DemandedSettings() {}

  /** Whether a setting can be called so. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Whether a setting can be that, {@link #UNKNOWN} included. */
  public static boolean isValue(String value) {
    return VALUE.matcher(value).matches();
  }

  static Map<String, Set<String>> read(JsonFields document) throws Malformed {
    if (!document.has(SETTINGS)) {
      return Map.of();
    }
    JsonFields fields = document.object(SETTINGS);
    Map<String, Set<String>> settings = new TreeMap<>();
    for (String name : fields.names()) {
      settings.put(name, accepted(name, fields.texts(name, MAX_VALUES, MAX_TEXT)));
    }
    if (settings.isEmpty() || settings.size() > MAX_SETTINGS) {
      throw new Malformed("reference.settings does not have 1 to " + MAX_SETTINGS + " members");
    }
    return settings;
  }

  /**
   * The acceptable values of one setting.
   *
   * @throws Malformed when there are none, or one that nobody can see or no agent says
   */
  public static Set<String> accepted(String name, List<String> values) throws Malformed {
    if (!isName(name) || values.isEmpty() || values.size() > MAX_VALUES) {
      throw new Malformed("reference.settings: " + name + " is no setting, or accepts nothing");
    }
    for (String value : values) {
      if (!isValue(value) || value.equals(UNKNOWN)) {
        throw new Malformed("reference.settings." + name + " is not a list of values: " + value);
      }
    }
    return new TreeSet<>(values);
  }

  static void write(Map<String, Set<String>> settings, ObjectNode json) {
    if (settings.isEmpty()) {
      return;
    }
    ObjectNode all = json.putObject(SETTINGS);
    settings.forEach(
        (name, accepted) -> {
          ArrayNode values = all.putArray(name);
          new TreeSet<>(accepted).forEach(values::add);
        });
  }
}
