// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The kind of a component is a type; its prefix is known in one place. */
class ComponentNameTest {
  @Test
  void everyTextNamesOneComponentAndIsItsText() {
    Map<String, ComponentName> names =
        Map.of(
            "defect", ComponentName.model("defect"),
            "software/agent", ComponentName.software("agent"),
            "suite/line", ComponentName.suite("line"));
    names.forEach(
        (text, name) -> {
          assertEquals(name, ComponentName.of(text));
          assertEquals(text, name.text());
        });
  }

  // Attack: a model that calls itself what the agent's own software is called.
  @Test
  void noModelCanBeTakenForAnotherKind() {
    assertThrows(IllegalArgumentException.class, () -> ComponentName.model("software/agent"));
    assertThrows(IllegalArgumentException.class, () -> ComponentName.model("suite/line"));
    assertNotEquals(ComponentName.model("agent"), ComponentName.software("agent"));
  }

  @Test
  void aNameIsOneLineOfAtMostAHundredCharacters() {
    String longest = "m".repeat(100);
    assertEquals(longest, ComponentName.of(longest).text());
    assertThrows(IllegalArgumentException.class, () -> ComponentName.of(longest + "m"));
    assertThrows(IllegalArgumentException.class, () -> ComponentName.suite("x".repeat(95)));
    assertThrows(IllegalArgumentException.class, () -> ComponentName.of("a\nb"));
    assertThrows(IllegalArgumentException.class, () -> ComponentName.of(""));
  }
}
