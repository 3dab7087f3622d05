// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.publish;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonReader;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.updater.tuf.RoleName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the repository will say next: the signed parts of all roles, to be changed at will, and the
 * files of those that were signed again. Writes nothing.
 */
final class MetadataDraft {
  /** Of files that a client has accepted, within narrower bounds. */
  private static final JsonReader READER = new JsonReader(StreamReadConstraints.defaults());

  private final Lifetimes lifetimes;
  private final Instant now;
  private final Map<RoleName, ObjectNode> signed = new LinkedHashMap<>();

  private MetadataDraft(Lifetimes lifetimes, Instant now) {
    this.lifetimes = lifetimes;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
  }

  static MetadataDraft first(Lifetimes lifetimes, Instant now) {
    return new MetadataDraft(lifetimes, now);
  }

  /** Goes on from {@code current}, which was verified. */
  static MetadataDraft after(Map<RoleName, Bytes> current, Lifetimes lifetimes, Instant now)
      throws Malformed {
    MetadataDraft draft = new MetadataDraft(lifetimes, now);
    for (Map.Entry<RoleName, Bytes> file : current.entrySet()) {
      ObjectNode tree = READER.read(file.getValue().toArray(), file.getKey().value());
      draft.signed.put(file.getKey(), (ObjectNode) tree.path("signed"));
    }
    return draft;
  }

  /** What {@code role} says, to be changed; beginning with nothing but its type. */
  ObjectNode signed(RoleName role) {
    return signed.computeIfAbsent(role, MetadataDraft::blank);
  }

  /** The next version of {@code role}, valid from now on. */
  void renew(RoleName role) {
    ObjectNode part = signed(role);
    part.put("version", version(role) + 1);
    part.put("expires", now.plus(lifetimes.of(role)).toString());
  }

  long version(RoleName role) {
    return signed(role).path("version").asLong();
  }

  /** Lets snapshot or timestamp speak of {@code file}, which is what {@code role} signed. */
  void mention(RoleName speaker, RoleName role, Bytes file) {
    ObjectNode entry = signed(speaker).withObject("meta").putObject(role.value() + ".json");
    entry.put("version", version(role)).put("length", file.length());
    entry.putObject("hashes").put("sha256", Digest.of(file.asBuffer()).hex());
  }

  private static ObjectNode blank(RoleName role) {
    boolean topLevel = RepositoryPlan.TOP_LEVEL.contains(role);
    ObjectNode part = JsonNodeFactory.instance.objectNode();
    part.put("_type", topLevel ? role.value() : RoleName.TARGETS.value());
    part.put("spec_version", "1.0.34");
    part.put("version", 0);
    return part;
  }
}
