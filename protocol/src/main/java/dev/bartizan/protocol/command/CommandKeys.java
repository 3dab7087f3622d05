// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.jws.StatementKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which keys may give which commands, as the {@code policy} role signs it: {@code
 * {"command_keys":[{"kid":…,"jwk":{…},"commands":["update",…]}]}}. The signature over the document
 * is the caller's business; this only reads it.
 *
 * @param keys each {@code kid} once
 */
public record CommandKeys(List<Entry> keys) {
  private static final int MAX_LENGTH = 64 * 1024;
  private static final int MAX_KEYS = 64;
  private static final int MAX_COMMANDS = 64;
  private static final int MAX_NAME = 200;

  /**
   * One key and what it may say.
   *
   * @param commands exact names; there is no wildcard, so a new command needs a new signature
   */
  public record Entry(StatementKey key, Set<String> commands) {
    public Entry {
      commands = Set.copyOf(commands);
    }

    /** Whether it may give destructive commands alone. */
    public boolean isForDestruction() {
      return Command.DESTRUCTIVE.containsAll(commands);
    }
  }

  public CommandKeys {
    keys = List.copyOf(keys);
    Set<String> kids = new HashSet<>();
    for (Entry entry : keys) {
      if (!kids.add(entry.key().kid())) {
        throw new IllegalArgumentException("two command keys are called " + entry.key().kid());
      }
    }
  }

  /** Reads the policy document; members it does not know are left to others. */
  public static CommandKeys read(byte[] policy) throws Malformed {
    List<Entry> entries = new ArrayList<>();
    JsonFields document = StrictJson.read(policy, MAX_LENGTH, "policy");
    for (JsonFields entry : document.objects("command_keys", MAX_KEYS)) {
      entries.add(entry(entry));
    }
    try {
      return new CommandKeys(entries);
    } catch (IllegalArgumentException twice) {
      throw new Malformed("policy: " + twice.getMessage(), twice);
    }
  }

  /** The document to sign. */
  public byte[] write() {
    ObjectNode document = StrictJson.object();
    ArrayNode array = document.putArray("command_keys");
    for (Entry entry : keys) {
      ObjectNode node = array.addObject().put("kid", entry.key().kid());
      node.set("jwk", entry.key().toJwkTree());
      ArrayNode commands = node.putArray("commands");
      entry.commands().stream().sorted().forEach(commands::add);
    }
    return StrictJson.write(document);
  }

  Optional<Entry> find(String kid) {
    return keys.stream().filter(entry -> entry.key().kid().equals(kid)).findAny();
  }

  private static Entry entry(JsonFields entry) throws Malformed {
    StatementKey key =
        StatementKey.ofJwk(entry.text("kid", MAX_NAME), entry.object("jwk").tree().toString());
    return new Entry(key, Set.copyOf(entry.texts("commands", MAX_COMMANDS, MAX_NAME)));
  }
}
