// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * A part of certain days in which something may be done, in UTC.
 *
 * @param days on which it opens; not empty
 * @param from when it opens
 * @param to when it closes; at or before {@code from} means on the next day
 */
public record Window(Set<DayOfWeek> days, LocalTime from, LocalTime to) {
  private static final int TEXT_MAX = 16;
  private static final int SHORT_NAME = 3;

  public Window {
    days = Set.copyOf(days);
    if (days.isEmpty()) {
      throw new IllegalArgumentException("a window that never opens");
    }
  }

  /** Whether it is open at {@code now}. */
  public boolean isOpen(Instant now) {
    LocalDateTime time = LocalDateTime.ofInstant(now, ZoneOffset.UTC);
    boolean late = !time.toLocalTime().isBefore(from);
    boolean early = time.toLocalTime().isBefore(to);
    if (from.isBefore(to)) {
      return late && early && days.contains(time.getDayOfWeek());
    }
    return (late && days.contains(time.getDayOfWeek()))
        || (early && days.contains(time.getDayOfWeek().minus(1)));
  }

  /**
   * Reads {@code [mon,tue@]22:00-04:00}, as people write it.
   *
   * @throws IllegalArgumentException when it is not that
   */
  public static Window parse(String text) {
    String[] halves = text.split("@", -1);
    String[] times = halves[halves.length - 1].split("-", -1);
    if (halves.length > 2 || times.length != 2) {
      throw new IllegalArgumentException("not [mon,tue@]22:00-04:00: " + text);
    }
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    if (halves.length == 1) {
      days = EnumSet.allOf(DayOfWeek.class);
    } else {
      for (String day : halves[0].split(",", -1)) {
        days.add(day(day));
      }
    }
    return new Window(days, time(times[0]), time(times[1]));
  }

  static Window parse(JsonFields fields) throws Malformed {
    try {
      Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
      for (String day : fields.texts("days", DayOfWeek.values().length, SHORT_NAME)) {
        days.add(day(day));
      }
      return new Window(
          days, time(fields.text("from", TEXT_MAX)), time(fields.text("to", TEXT_MAX)));
    } catch (IllegalArgumentException wrong) {
      throw new Malformed("policy: " + wrong.getMessage(), wrong);
    }
  }

  ObjectNode toJson() {
    ObjectNode json = StrictJson.object();
    ArrayNode names = json.putArray("days");
    days.stream().sorted().map(Window::name).forEach(names::add);
    return json.put("from", from.toString()).put("to", to.toString());
  }

  private static DayOfWeek day(String name) {
    for (DayOfWeek day : DayOfWeek.values()) {
      if (name(day).equals(name)) {
        return day;
      }
    }
    throw new IllegalArgumentException("not a day, as mon: " + name);
  }

  private static String name(DayOfWeek day) {
    return day.name().substring(0, SHORT_NAME).toLowerCase(Locale.ROOT);
  }

  private static LocalTime time(String text) {
    try {
      return LocalTime.parse(text);
    } catch (DateTimeParseException wrong) {
      throw new IllegalArgumentException("not a time, as 22:00: " + text, wrong);
    }
  }
}
