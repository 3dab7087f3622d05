// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.evidence.ModelState.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelStateTest {
  private static final Digest RELEASE = Digest.of(new byte[] {1});

  private static ObjectNode written(ModelState model) {
    ObjectNode node = StrictJson.object();
    model.write(node);
    return node;
  }

  private static ModelState read(ObjectNode node) throws Malformed {
    return ModelState.read(JsonFields.of("model", node));
  }

  @ParameterizedTest
  @EnumSource
  void anyStateIsReadBack(State state) throws Exception {
    ModelState model = new ModelState("defect", "1.0.0", RELEASE, state);
    assertEquals(state == State.ACTIVE || state == State.PROBATION, model.serves());
    assertFalse(written(model).has("serves"), state.toString());
    assertEquals(model, read(written(model)));
  }

  /** Readers that do not know the member take it for one that serves, and ask more of it. */
  @ParameterizedTest
  @EnumSource(names = {"ACTIVE", "PROBATION"})
  void whatShouldServeAndDoesNotSaysSo(State state) throws Exception {
    ModelState model = new ModelState("defect", "1.0.0", RELEASE, state, false);
    assertEquals(model, read(written(model)));
    assertTrue(read(written(model).without("serves")).serves());
  }

  @Test
  void whatIsKeptDoesNotServeWhateverItSays() throws Exception {
    ModelState kept = new ModelState("defect", "1.0.0", RELEASE, State.PREVIOUS);
    assertThrows(Malformed.class, () -> read(written(kept).put("serves", true)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ModelState("defect", "1.0.0", RELEASE, State.STAGED, true));
  }
}
