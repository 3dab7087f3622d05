// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.protocol.cbor.Cbor;
import dev.bartizan.protocol.cbor.CborFields;
import dev.bartizan.protocol.cbor.CborMembers;
import dev.bartizan.protocol.cbor.Label;
import java.util.List;

/**
 * A model as a measured component (draft-ietf-rats-eat-measured-component), in CBOR, with two
 * members of our own behind it.
 */
final class ModelCbor {
  private static final Label ID = Label.of(1, "id");
  private static final Label MEASUREMENT = Label.of(2, "digested-measurement");
  private static final Label STATE = Label.of(-1, "state");
  private static final Label SERVES = Label.of(-2, "serves");
  private static final int MAX_TEXT = 100;

  /** As COSE numbers algorithms (RFC 9054). */
  private static final int SHA_256 = -16;

  private ModelCbor() {}

  /**
   * That a model in service does not serve is a member of its own: a verifier that does not know it
   * reads the state it knows, and asks more of the device rather than less.
   */
  static Cbor write(ModelState model) {
    CborMembers members =
        new CborMembers()
            .put(
                ID,
                Cbor.array(
                    Cbor.of(model.name()),
                    Cbor.array(Cbor.of(model.version()), Cbor.of(HealthClaims.SEMANTIC))))
            .put(MEASUREMENT, Cbor.array(Cbor.of(SHA_256), Cbor.of(model.release().value())))
            .put(STATE, model.state().text());
    if (model.serves() != model.state().isInService()) {
      members.put(SERVES, new Cbor.Flag(model.serves()));
    }
    return members.map();
  }

  static ModelState read(String at, Cbor item) throws Malformed {
    CborFields fields = CborFields.of(at, item);
    List<Cbor> id = fields.array(ID, 2);
    List<Cbor> measurement = fields.array(MEASUREMENT, 2);
    if (id.size() != 2 || measurement.size() != 2 || !measurement.get(0).equals(Cbor.of(SHA_256))) {
      throw new Malformed(at + " is not a component measured with SHA-256");
    }
    List<Cbor> version = CborFields.array(at + ".id", id.get(1), 2);
    if (version.isEmpty()) {
      throw new Malformed(at + ".id has no version");
    }
    ModelState.State state = ModelState.State.read(fields.text(STATE, MAX_TEXT));
    boolean serves = fields.flag(SERVES, state.isInService());
    if (serves && !state.isInService()) {
      throw new Malformed(at + ": a model that serves is not " + state.text());
    }
    return new ModelState(
        CborFields.text(at + ".id", id.get(0), MAX_TEXT),
        CborFields.text(at + ".id", version.get(0), MAX_TEXT),
        CborFields.digest(at + ".digested-measurement", measurement.get(1)),
        state,
        serves);
  }
}
