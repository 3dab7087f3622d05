// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

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
 * @param files every file by its path relative to the installation; nothing else may be there
 */
public record SoftwareManifest(ReleaseName release, Map<String, SoftwareFile> files) {
  public static final String SCHEMA = "bartizan-software/1";
  public static final int MAX_LENGTH = 1 << 20;

  private static final DocumentForm FORM = new DocumentForm("software.json", SCHEMA, MAX_LENGTH);

  private static final int MAX_FILES = 4096;
  private static final long MAX_FILE_LENGTH = 1L << 30;
  private static final int MAX_TEXT = 240;

  public SoftwareManifest {
    files = Map.copyOf(files);
  }

  /** Reads a manifest whose bytes have been checked against signed metadata. */
  public static SoftwareManifest parse(byte[] json) throws Malformed {
    JsonFields fields = FORM.read(json);
    Map<String, SoftwareFile> files = new TreeMap<>();
    for (JsonFields file : fields.objects("files", MAX_FILES)) {
      String path = file.text("path", MAX_TEXT);
      files.put(path, new SoftwareFile(length(path, file.number("length")), file.digest("sha256")));
    }
    return new SoftwareManifest(FORM.release(fields), files);
  }

  private static long length(String path, long length) throws Malformed {
    if (length < 0 || length > MAX_FILE_LENGTH) {
      throw new Malformed("software.json: " + path + " is of " + length + " bytes");
    }
    return length;
  }

  /** How many bytes all of it has. */
  public long length() {
    return files.values().stream().mapToLong(SoftwareFile::length).sum();
  }

  /** Where any static server has a file of that digest, relative to the repository. */
  public static String path(Digest file) {
    return "software/" + file.hex();
  }

  /** The manifest as it is published. */
  public byte[] toJson() {
    ObjectNode json = FORM.begin(release);
    ArrayNode list = json.putArray("files");
    new TreeMap<>(files)
        .forEach(
            (path, file) ->
                list.addObject()
                    .put("path", path)
                    .put("length", file.length())
                    .put("sha256", file.digest().hex()));
    return StrictJson.write(json);
  }
}
