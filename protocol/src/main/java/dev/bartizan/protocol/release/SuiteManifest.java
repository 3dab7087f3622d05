// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Releases that belong together: {@code models/NAME/VERSION/suite.json} (docs/wire-formats.md,
 * "Suite").
 *
 * @param release which suite, which version
 * @param members by component, {@code defect} or {@code software/agent}; 1 to 16
 * @param configuration what the applications of these members are to work with, any JSON object;
 *     the agent hands it on and does not look into it
 */
public record SuiteManifest(
    ReleaseName release, Map<String, Member> members, ObjectNode configuration) {
  public static final String SCHEMA = "bartizan-suite/1";
  public static final int MAX_LENGTH = 128 * 1024;

  private static final DocumentForm FORM = new DocumentForm("suite.json", SCHEMA, MAX_LENGTH);

  private static final int MAX_MEMBERS = 16;
  private static final int MAX_TEXT = 64;
  private static final String SOFTWARE = "software/";

  /**
   * A release of one member.
   *
   * @param manifest the digest of its own signed document
   */
  public record Member(String version, Digest manifest) {}

  public SuiteManifest {
    members = Collections.unmodifiableMap(new TreeMap<>(members));
    configuration = configuration.deepCopy();
  }

  @Override
  public ObjectNode configuration() {
    return configuration.deepCopy();
  }

  /**
   * Reads a document whose bytes have been checked against signed metadata.
   *
   * @throws Malformed naming the member at fault; a newer schema is malformed too
   */
  public static SuiteManifest parse(byte[] json) throws Malformed {
    JsonFields fields = FORM.read(json);
    return new SuiteManifest(
        FORM.release(fields),
        members(fields),
        fields.has("configuration") ? fields.object("configuration").tree() : StrictJson.object());
  }

  private static Map<String, Member> members(JsonFields fields) throws Malformed {
    Map<String, Member> members = new TreeMap<>();
    for (JsonFields member : fields.objects("members", MAX_MEMBERS)) {
      String component = member.text("component", MAX_TEXT);
      ReleaseName name = name(component, member.text("version", MAX_TEXT), "suite.json.members");
      Member before = members.put(component, new Member(name.version(), member.digest("sha256")));
      if (before != null) {
        throw new Malformed("suite.json.members: " + component + " is there twice");
      }
    }
    if (members.isEmpty()) {
      throw new Malformed("suite.json.members: there are none");
    }
    return members;
  }

  /** The name of a member without its kind; there is no suite of suites. */
  private static ReleaseName name(String component, String version, String what) throws Malformed {
    String bare =
        component.startsWith(SOFTWARE) ? component.substring(SOFTWARE.length()) : component;
    return ReleaseName.parse(bare, version, what);
  }

  /** Whether a member is software of the agent's own. */
  public static boolean isSoftware(String component) {
    return component.startsWith(SOFTWARE);
  }

  /**
   * Where the document of a release is among the targets.
   *
   * @param component as in {@link #members}
   */
  public static String memberTarget(String component, String version) throws Malformed {
    ReleaseName name = name(component, version, "suite member");
    return isSoftware(component) ? name.softwareTarget() : name.modelTarget();
  }

  /** The document as it is published: UTF-8, members in the order of their names. */
  public byte[] toJson() {
    ObjectNode json = FORM.begin(release);
    ArrayNode list = json.putArray("members");
    new TreeMap<>(members)
        .forEach(
            (component, member) ->
                list.addObject()
                    .put("component", component)
                    .put("version", member.version())
                    .put("sha256", member.manifest().hex()));
    json.set("configuration", configuration);
    return StrictJson.write(json);
  }
}
