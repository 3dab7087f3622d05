// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.protocol.cbor.Cbor;
import dev.bartizan.protocol.evidence.ModelState.State;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelCborTest {
  private static final Digest RELEASE = Digest.of(new byte[] {1});
  private static final Cbor SERVES = Cbor.of(-2);

  private static Map<Cbor, Cbor> written(ModelState model) {
    return new HashMap<>(((Cbor.Map) ModelCbor.write(model)).members());
  }

  private static ModelState read(Map<Cbor, Cbor> members) throws Malformed {
    return ModelCbor.read("model", new Cbor.Map(members));
  }

  @ParameterizedTest
  @EnumSource
  void anyStateIsReadBack(State state) throws Exception {
    ModelState model = new ModelState("defect", "1.0.0", RELEASE, state);
    assertEquals(state == State.ACTIVE || state == State.PROBATION, model.serves());
    assertEquals(3, written(model).size(), state.toString());
    assertEquals(model, read(written(model)));
  }

  /** Readers that do not know the member take it for one that serves, and ask more of it. */
  @ParameterizedTest
  @EnumSource(names = {"ACTIVE", "PROBATION"})
  void whatShouldServeAndDoesNotSaysSo(State state) throws Exception {
    ModelState model = new ModelState("defect", "1.0.0", RELEASE, state, false);
    Map<Cbor, Cbor> members = written(model);
    assertEquals(model, read(members));
    members.remove(SERVES);
    assertTrue(read(members).serves());
  }

  @Test
  void whatIsKeptDoesNotServeWhateverItSays() throws Exception {
    Map<Cbor, Cbor> kept = written(new ModelState("defect", "1.0.0", RELEASE, State.PREVIOUS));
    kept.put(SERVES, new Cbor.Flag(true));
    assertThrows(Malformed.class, () -> read(kept));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ModelState("defect", "1.0.0", RELEASE, State.STAGED, true));
  }

  @Test
  void whatIsMeasuredOtherwiseIsRefused() {
    Map<Cbor, Cbor> members = written(new ModelState("defect", "1.0.0", RELEASE, State.ACTIVE));
    members.put(Cbor.of(2), Cbor.array(Cbor.of(-15), Cbor.of(RELEASE.value())));
    assertThrows(Malformed.class, () -> read(members));
  }
}
