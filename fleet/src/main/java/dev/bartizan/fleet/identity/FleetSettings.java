package dev.bartizan.fleet.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * What all of a fleet has in common ({@code fleet.json}).
 *
 * @param trustDomain of the devices' SPIFFE IDs
 * @param broker the MQTT broker, {@code ssl://HOST:PORT}
 */
public record FleetSettings(String trustDomain, String broker) {
  private static final String FILE = "fleet.json";
  private static final int MAX_LENGTH = 16 * 1024;
  private static final int MAX_TEXT = 255;
  private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");
  private static final Pattern BROKER = Pattern.compile("ssl://[A-Za-z0-9.:\\[\\]_-]+:\\d{1,5}");

  public FleetSettings {
    if (!TRUST_DOMAIN.matcher(trustDomain).matches()) {
      throw new IllegalArgumentException("not a trust domain: " + trustDomain);
    }
    if (!BROKER.matcher(broker).matches()) {
      throw new IllegalArgumentException("not ssl://HOST:PORT: " + broker);
    }
  }

  public void store(OperatorDirectory directory) throws IOException {
    ObjectNode document = StrictJson.object();
    document.put("trust_domain", trustDomain).put("broker", broker);
    directory.write(FILE, StrictJson.writeIndented(document));
  }

  public static FleetSettings load(OperatorDirectory directory) throws IOException, Malformed {
    String what = directory.path(FILE).toString();
    JsonFields document = StrictJson.read(directory.read(FILE, MAX_LENGTH), MAX_LENGTH, what);
    try {
      return new FleetSettings(
          document.text("trust_domain", MAX_TEXT), document.text("broker", MAX_TEXT));
    } catch (IllegalArgumentException wrong) {
      throw new Malformed(what + ": " + wrong.getMessage(), wrong);
    }
  }
}
