// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.FormatRefusal;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What all of a fleet has in common ({@code fleet.json}).
 *
 * @param trustDomain of the devices' SPIFFE IDs
 * @param broker the MQTT broker as devices reach it, {@code ssl://HOST:PORT}
 * @param operators where the same broker listens for operators: devices cannot connect there, and
 *     operators not where devices do
 * @param repository where the author's repository is served; ends in a slash
 * @param life how long devices' credentials live, and what they are renewed upon
 * @param database where what happens is kept
 * @param referenceAge how long ago the author's word may have been verified last, for evidence that
 *     is affirmed by it
 */
public record FleetSettings(
    String trustDomain,
    String broker,
    String operators,
    URI repository,
    LifeOfCredentials life,
    DatabaseChoice database,
    Duration referenceAge) {
  /** A week: seven times the life of the author's shortest-lived metadata. */
  public static final Duration REFERENCE_AGE = Duration.ofDays(7);

  private static final String FILE = "fleet.json";
  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-fleet", 1);
  private static final int MAX_LENGTH = 16 * 1024;
  private static final int MAX_TEXT = 255;
  private static final int MAX_URL = 2000;
  private static final String REFERENCE_DAYS = "reference_days";
  private static final int MAX_DAYS = 3650;
  private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");
  private static final Pattern BROKER = Pattern.compile("ssl://[A-Za-z0-9.:\\[\\]_-]+:\\d{1,5}");

  public FleetSettings {
    if (!TRUST_DOMAIN.matcher(trustDomain).matches()) {
      throw new IllegalArgumentException("not a trust domain: " + trustDomain);
    }
    for (String address : new String[] {broker, operators}) {
      if (!BROKER.matcher(address).matches()) {
        throw new IllegalArgumentException("not ssl://HOST:PORT: " + address);
      }
    }
    if (repository.getHost() == null || !repository.getPath().endsWith("/")) {
      throw new IllegalArgumentException("not a URL that ends in a slash: " + repository);
    }
    if (referenceAge.toDays() < 1 || referenceAge.toDays() > MAX_DAYS) {
      throw new IllegalArgumentException(REFERENCE_DAYS + " is between 1 and " + MAX_DAYS);
    }
  }

  /** Of a new fleet: operators have the port after the devices'. */
  public FleetSettings(String trustDomain, String broker, URI repository) {
    this(
        trustDomain,
        broker,
        portAfter(broker),
        repository,
        LifeOfCredentials.DEFAULT,
        DatabaseChoice.DEFAULT,
        REFERENCE_AGE);
  }

  /** The same fleet with another port for operators. */
  public FleetSettings withOperators(String address) {
    return new FleetSettings(
        trustDomain, broker, address, repository, life, database, referenceAge);
  }

  /** The same fleet with other rules for its credentials. */
  public FleetSettings with(LifeOfCredentials other) {
    return new FleetSettings(
        trustDomain, broker, operators, repository, other, database, referenceAge);
  }

  /** The same fleet with another place for what happens. */
  public FleetSettings with(DatabaseChoice other) {
    return new FleetSettings(trustDomain, broker, operators, repository, life, other, referenceAge);
  }

  private static String portAfter(String broker) {
    if (!BROKER.matcher(broker).matches()) {
      throw new IllegalArgumentException("not ssl://HOST:PORT: " + broker);
    }
    int colon = broker.lastIndexOf(':');
    return broker.substring(0, colon + 1) + (Integer.parseInt(broker.substring(colon + 1)) + 1);
  }

  public void store(SharedDirectory directory) throws IOException {
    ObjectNode document = FORMAT.begin();
    document.put("trust_domain", trustDomain).put("broker", broker);
    document.put("operator_broker", operators).put("repository", repository.toString());
    life.write(document);
    database.write(document);
    document.put(REFERENCE_DAYS, referenceAge.toDays());
    directory.write(FILE, StrictJson.writeIndented(document));
  }

  /** Whether this is a server's directory; what a verifier elsewhere was given has none. */
  public static boolean areIn(SharedDirectory directory) throws IOException {
    return directory.find(FILE, MAX_LENGTH).isPresent();
  }

  public static FleetSettings load(SharedDirectory directory)
      throws IOException, Malformed, FormatRefusal {
    String what = directory.path(FILE).toString();
    JsonFields document = StrictJson.read(directory.read(FILE, MAX_LENGTH), MAX_LENGTH, what);
    FORMAT.accept(document.findText("schema", DocumentFormat.MAX_TEXT), what);
    try {
      return new FleetSettings(
          document.text("trust_domain", MAX_TEXT),
          document.text("broker", MAX_TEXT),
          document.text("operator_broker", MAX_TEXT),
          URI.create(document.text("repository", MAX_URL)),
          LifeOfCredentials.read(document),
          DatabaseChoice.read(document),
          document.has(REFERENCE_DAYS)
              ? Duration.ofDays(Math.min(document.number(REFERENCE_DAYS), MAX_DAYS + 1))
              : REFERENCE_AGE);
    } catch (IllegalArgumentException wrong) {
      throw new Malformed(what + ": " + wrong.getMessage(), wrong);
    }
  }
}
