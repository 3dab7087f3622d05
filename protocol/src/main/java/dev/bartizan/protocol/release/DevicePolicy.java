// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.protocol.command.CommandKeys;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a device may decide alone, and whom it obeys: the target {@code policy/device.json}.
 *
 * @param commandKeys which keys may give which commands
 * @param models the models a device is meant to serve
 * @param updatesAlone whether a device may install newer releases without a command
 * @param serveUnknownBoot whether models are served when some link of the boot chain has no
 *     reference; a bad link always stops them
 * @param keystores the kinds of keystore whose devices may serve; none named accepts every kind
 * @param times when and how updates are carried out
 * @param silence what follows when the verifier does not answer
 */
public record DevicePolicy(
    CommandKeys commandKeys,
    Set<String> models,
    boolean updatesAlone,
    boolean serveUnknownBoot,
    Set<Protection.Kind> keystores,
    UpdateTimes times,
    SilenceRule silence) {
  public static final String SCHEMA = "bartizan-policy/1";

  /** Where it is among the targets. */
  public static final String TARGET = "policy/device.json";

  public static final int MAX_LENGTH = 64 * 1024;

  private static final String KEYSTORES = "keystores";
  private static final String UNANSWERED = "unanswered";
  private static final int MAX_MODELS = 64;
  private static final int MAX_TEXT = 64;

  public DevicePolicy {
    models = Collections.unmodifiableSet(new TreeSet<>(models)); // Work goes by this order.
    keystores = Set.copyOf(keystores);
  }

  /** One that says nothing of silence. */
  public DevicePolicy(
      CommandKeys commandKeys,
      Set<String> models,
      boolean updatesAlone,
      boolean serveUnknownBoot,
      Set<Protection.Kind> keystores,
      UpdateTimes times) {
    this(
        commandKeys, models, updatesAlone, serveUnknownBoot, keystores, times, SilenceRule.DEFAULT);
  }

  /** The same policy, for a silence of the verifier. */
  public DevicePolicy inSilence(SilenceRule rule) {
    return new DevicePolicy(
        commandKeys, models, updatesAlone, serveUnknownBoot, keystores, times, rule);
  }

  /** The same policy, with these keys and no others to command. */
  public DevicePolicy commandedBy(CommandKeys keys) {
    return new DevicePolicy(
        keys, models, updatesAlone, serveUnknownBoot, keystores, times, silence);
  }

  /** Whether a device with its keys there may serve. */
  public boolean accepts(Protection.Kind keystore) {
    return keystores.isEmpty() || keystores.contains(keystore);
  }

  /** Reads a document whose bytes have been checked against signed metadata. */
  public static DevicePolicy parse(byte[] json) throws Malformed {
    JsonFields fields = StrictJson.read(json, MAX_LENGTH, "policy");
    String schema = fields.text("schema", MAX_TEXT);
    if (!schema.equals(SCHEMA)) {
      throw new Malformed("policy.schema is " + schema + ", this version reads " + SCHEMA);
    }
    return new DevicePolicy(
        CommandKeys.read(json),
        Set.copyOf(fields.texts("models", MAX_MODELS, MAX_TEXT)),
        fields.flag("updates_alone"),
        fields.flag("serve_unknown_boot"),
        keystores(fields),
        fields.has("updates") ? UpdateTimes.parse(fields.object("updates")) : UpdateTimes.ANY,
        fields.has(UNANSWERED)
            ? SilenceRule.parse(fields.object(UNANSWERED))
            : SilenceRule.DEFAULT);
  }

  /** A member that is there and names nothing would say the opposite of what it reads like. */
  private static Set<Protection.Kind> keystores(JsonFields fields) throws Malformed {
    if (!fields.has(KEYSTORES)) {
      return Set.of();
    }
    Set<Protection.Kind> kinds = EnumSet.noneOf(Protection.Kind.class);
    for (String text : fields.texts(KEYSTORES, Protection.Kind.values().length, MAX_TEXT)) {
      kinds.add(
          Protection.Kind.find(text)
              .orElseThrow(() -> new Malformed("policy.keystores names none we know")));
    }
    if (kinds.isEmpty()) {
      throw new Malformed("policy.keystores is empty");
    }
    return kinds;
  }

  /** The document as it is published. */
  public byte[] toJson() throws Malformed {
    ObjectNode json = StrictJson.object().put("schema", SCHEMA);
    json.setAll(StrictJson.read(commandKeys.write(), MAX_LENGTH, "policy").tree());
    ArrayNode names = json.putArray("models");
    new TreeSet<>(models).forEach(names::add);
    json.put("updates_alone", updatesAlone).put("serve_unknown_boot", serveUnknownBoot);
    if (!keystores.isEmpty()) {
      ArrayNode kinds = json.putArray(KEYSTORES);
      new TreeSet<>(keystores).forEach(kind -> kinds.add(kind.text()));
    }
    json.set("updates", times.toJson());
    if (!silence.equals(SilenceRule.DEFAULT)) {
      json.set(UNANSWERED, silence.toJson());
    }
    return StrictJson.write(json);
  }
}
