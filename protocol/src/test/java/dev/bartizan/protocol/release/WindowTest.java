// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowTest {
  // A Friday.
  private static final String FRIDAY = "2026-11-27T";
  private static final String SATURDAY = "2026-11-28T";
  private static final String SUNDAY = "2026-11-29T";

  @Test
  void aWindowIsOpenFromItsFirstMinuteToBeforeItsLast() {
    Window window = Window.parse("09:00-17:00");
    assertFalse(window.isOpen(at(FRIDAY, "08:59:59")));
    assertTrue(window.isOpen(at(FRIDAY, "09:00:00")));
    assertTrue(window.isOpen(at(FRIDAY, "16:59:59")));
    assertFalse(window.isOpen(at(FRIDAY, "17:00:00")));
  }

  @Test
  void aNightBelongsToTheDayOnWhichItBegins() {
    Window window = Window.parse("fri@22:00-04:00");
    assertFalse(window.isOpen(at(FRIDAY, "03:00:00")));
    assertTrue(window.isOpen(at(FRIDAY, "23:00:00")));
    assertTrue(window.isOpen(at(SATURDAY, "03:59:59")));
    assertFalse(window.isOpen(at(SATURDAY, "23:00:00")));
    assertFalse(window.isOpen(at(SUNDAY, "03:00:00")));
  }

  @Test
  void withoutWindowsAnyTimeWillDo() {
    assertTrue(UpdateTimes.ANY.mayFetch(Instant.EPOCH));
    assertTrue(UpdateTimes.ANY.mayActivate(Instant.EPOCH));
  }

  @Test
  void whatIsPublishedIsWhatIsRead() throws Malformed {
    UpdateTimes times =
        new UpdateTimes(
            List.of(Window.parse("22:00-04:00")),
            List.of(Window.parse("sat,sun@00:00-06:00")),
            true,
            Duration.ofMinutes(10),
            true);
    assertEquals(times, UpdateTimes.parse(JsonFields.of("updates", times.toJson())));
  }

  @Test
  void whatIsNoWindowIsRefused() {
    for (String text : List.of("", "22:00", "22:00-25:00", "fr@22:00-04:00", "@22:00-04:00")) {
      assertThrows(IllegalArgumentException.class, () -> Window.parse(text), text);
    }
  }

  private static Instant at(String day, String time) {
    return Instant.parse(day + time + "Z");
  }
}
