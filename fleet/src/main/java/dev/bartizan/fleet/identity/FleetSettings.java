// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What all of a fleet has in common ({@code fleet.json}).
 *
 * @param trustDomain of the devices' SPIFFE IDs
 * @param broker the MQTT broker as devices reach it, {@code ssl://HOST:PORT}
 * @param operators where the same broker listens for operators: devices cannot connect there, and
 *     operators not where devices do
 */
public record FleetSettings(String trustDomain, String broker, String operators) {
  private static final String FILE = "fleet.json";
  private static final int MAX_LENGTH = 16 * 1024;
  private static final int MAX_TEXT = 255;
  private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");
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
  }

  /** Of a new fleet: operators have the port after the devices'. */
  public FleetSettings(String trustDomain, String broker) {
    this(trustDomain, broker, portAfter(broker));
  }

  private static String portAfter(String broker) {
    if (!BROKER.matcher(broker).matches()) {
      throw new IllegalArgumentException("not ssl://HOST:PORT: " + broker);
    }
    int colon = broker.lastIndexOf(':');
    return broker.substring(0, colon + 1) + (Integer.parseInt(broker.substring(colon + 1)) + 1);
  }

  public void store(SharedDirectory directory) throws IOException {
    ObjectNode document = StrictJson.object();
    document.put("trust_domain", trustDomain).put("broker", broker);
    document.put("operator_broker", operators);
    directory.write(FILE, StrictJson.writeIndented(document));
  }

  public static FleetSettings load(SharedDirectory directory) throws IOException, Malformed {
    String what = directory.path(FILE).toString();
    JsonFields document = StrictJson.read(directory.read(FILE, MAX_LENGTH), MAX_LENGTH, what);
    try {
      String broker = document.text("broker", MAX_TEXT);
      // Fleets founded before operators had an address of their own share the devices'.
      Optional<String> operators = document.findText("operator_broker", MAX_TEXT);
      return new FleetSettings(
          document.text("trust_domain", MAX_TEXT), broker, operators.orElse(broker));
    } catch (IllegalArgumentException wrong) {
      throw new Malformed(what + ": " + wrong.getMessage(), wrong);
    }
  }
}
