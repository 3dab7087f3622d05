package dev.bartizan.updater.release;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files of one version of the agent: {@code software/NAME/VERSION/software.json}.
 *
 * @param release which software, which version
 * @param files every file by its path relative to the installation, and its digest; nothing else
 *     may be there
 */
public record SoftwareManifest(ReleaseName release, Map<String, Digest> files) {
  public static final String SCHEMA = "bartizan-software/1";
  public static final int MAX_LENGTH = 1 << 20;

  private static final int MAX_FILES = 4096;
  private static final int MAX_TEXT = 240;

  public SoftwareManifest {
    files = Map.copyOf(files);
  }

  /** Reads a manifest whose bytes have been checked against signed metadata. */
  public static SoftwareManifest parse(byte[] json) throws Malformed {
    JsonFields fields = StrictJson.read(json, MAX_LENGTH, "software.json");
    String schema = fields.text("schema", MAX_TEXT);
    if (!schema.equals(SCHEMA)) {
      throw new Malformed("software.json.schema is " + schema + ", this agent reads " + SCHEMA);
    }
    Map<String, Digest> files = new TreeMap<>();
    for (JsonFields file : fields.objects("files", MAX_FILES)) {
      files.put(file.text("path", MAX_TEXT), file.digest("sha256"));
    }
    return new SoftwareManifest(
        ReleaseName.parse(
            fields.text("name", MAX_TEXT), fields.text("version", MAX_TEXT), "software.json"),
        files);
  }

  /** The manifest as it is published. */
  public byte[] toJson() {
    ObjectNode json =
        StrictJson.object()
            .put("schema", SCHEMA)
            .put("name", release.name())
            .put("version", release.version());
    ArrayNode list = json.putArray("files");
    new TreeMap<>(files)
        .forEach((path, digest) -> list.addObject().put("path", path).put("sha256", digest.hex()));
    return StrictJson.write(json);
  }
}
