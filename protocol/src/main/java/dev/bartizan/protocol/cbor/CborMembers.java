// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cbor;

import dev.bartizan.crypto.Bytes;
import java.util.HashMap;
import java.util.Map;

/** A map that is being put together; the order of the calls does not show. */
public final class CborMembers {
  private final Map<Cbor, Cbor> members = new HashMap<>();

  public CborMembers put(Label label, Cbor value) {
    members.put(label.key(), value);
    return this;
  }

  public CborMembers put(Label label, String value) {
    return put(label, Cbor.of(value));
  }

  public CborMembers put(Label label, long value) {
    return put(label, Cbor.of(value));
  }

  public CborMembers put(Label label, Bytes value) {
    return put(label, Cbor.of(value));
  }

  public Cbor.Map map() {
    return new Cbor.Map(members);
  }
}
