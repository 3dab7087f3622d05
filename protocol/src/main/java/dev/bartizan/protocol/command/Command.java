// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.jws.CompactJws;
import dev.bartizan.protocol.jws.StatementSigner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * An order to a device or a group: a JWT (RFC 7519) of type {@code bartizan-command+jwt}.
 *
 * @param issuer who says so
 * @param audience who is to obey
 * @param id {@code jti}: a device executes it at most once
 * @param issuedAt in whole seconds
 * @param expiresAt after {@code issuedAt}, by at most {@link #MAX_LIFETIME}
 * @param name what to do: lower-case letters, digits and hyphens
 * @param arguments names and values, sorted by name
 */
public record Command(
    String issuer,
    Audience audience,
    String id,
    Instant issuedAt,
    Instant expiresAt,
    String name,
    Map<String, String> arguments) {
  /** Of the compact JWS, in bytes: a broker must not make us read more. */
  public static final int MAX_LENGTH = 8 * 1024;

  /** A device remembers the ids of the commands it executed for this long. */
  public static final Duration MAX_LIFETIME = Duration.ofDays(7);

  /** Ends a device's life in its fleet. */
  public static final String DECOMMISSION = "decommission";

  /** Has a device make new keys. */
  public static final String ROTATE = "rotate";

  /** What no later command undoes. */
  public static final Set<String> DESTRUCTIVE = Set.of(DECOMMISSION);

  static final String TYPE = "bartizan-command+jwt";

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,63}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{8,100}");
  private static final int MAX_TEXT = 200;
  private static final int MAX_ARGUMENTS = 32;
  private static final int MAX_ARGUMENT = 2048;

  public Command {
    arguments = Collections.unmodifiableMap(new TreeMap<>(arguments));
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a command name: " + name);
    }
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("not a command id: " + id);
    }
    if (!expiresAt.isAfter(issuedAt) || expiresAt.isAfter(issuedAt.plus(MAX_LIFETIME))) {
      throw new IllegalArgumentException(
          "a command lives up to " + MAX_LIFETIME.toDays() + " days");
    }
    // A device would not read it, and whoever sent it would wait for an answer in vain.
    if (arguments.size() > MAX_ARGUMENTS
        || !arguments.values().stream().allMatch(Command::isText)) {
      throw new IllegalArgumentException(
          "up to " + MAX_ARGUMENTS + " arguments, each of 1 to " + MAX_ARGUMENT + " characters");
    }
  }

  private static boolean isText(String value) {
    return !value.isEmpty()
        && value.length() <= MAX_ARGUMENT
        && value.chars().noneMatch(Character::isISOControl);
  }

  /** The compact JWS as it travels. */
  public byte[] sign(StatementSigner signer) throws IOException, Refusal {
    String input = CompactJws.signingInput(signer.key(), TYPE, toJson());
    byte[] compact = CompactJws.sign(signer, input).getBytes(StandardCharsets.US_ASCII);
    if (compact.length > MAX_LENGTH) {
      throw new IllegalArgumentException("the command has " + compact.length + " bytes");
    }
    return compact;
  }

  static Command read(byte[] payload) throws Malformed {
    JsonFields claims = StrictJson.read(payload, MAX_LENGTH, "command");
    try {
      return new Command(
          claims.text("iss", MAX_TEXT),
          new Audience(claims.text("aud", MAX_TEXT)),
          claims.text("jti", MAX_TEXT),
          claims.instant("iat"),
          claims.instant("exp"),
          claims.text("name", MAX_TEXT),
          claims.textMap("arguments", MAX_ARGUMENTS, MAX_ARGUMENT));
    } catch (IllegalArgumentException notACommand) {
      throw new Malformed("command: " + notACommand.getMessage(), notACommand);
    }
  }

  private ObjectNode toJson() {
    ObjectNode claims = StrictJson.object();
    claims.put("iss", issuer).put("aud", audience.text()).put("jti", id);
    claims.put("iat", issuedAt.getEpochSecond()).put("exp", expiresAt.getEpochSecond());
    claims.put("name", name);
    ObjectNode values = claims.putObject("arguments");
    arguments.forEach(values::put);
    return claims;
  }
}
