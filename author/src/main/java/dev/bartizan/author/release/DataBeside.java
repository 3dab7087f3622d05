// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.author.release.ReleaseRefusal.Code;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.delta.tensor.OnnxRefusal;
import dev.bartizan.delta.tensor.WireReader;
import dev.bartizan.delta.tensor.WireReader.WireType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Where a tensor's data lies that is in a file beside the model. */
record DataBeside(Path file, long offset, long length) {

  /** What a tensor says of it, entry by entry. */
  @TouchesTheWorld("looks for the files beside the author's model")
  static final class Draft {
    private static final int TEXT_MAX = 4096;
    private static final int NAME = 8;
    private static final int KEY = 1;
    private static final int VALUE = 2;

    private final Path model;
    private final Map<String, String> entries = new HashMap<>();
    private String tensor = "";

    Draft(Path model) {
      this.model = model;
    }

    /** Takes one key and its value. */
    void add(WireReader entry) throws IOException, OnnxRefusal {
      String key = "";
      String value = "";
      while (entry.next()) {
        if (entry.type() == WireType.LENGTH_DELIMITED && entry.field() == KEY) {
          key = entry.text(TEXT_MAX);
        } else if (entry.type() == WireType.LENGTH_DELIMITED && entry.field() == VALUE) {
          value = entry.text(TEXT_MAX);
        }
      }
      entries.put(key, value);
    }

    /** Takes the tensor's name, if the field is that. */
    void note(WireReader field) throws IOException, OnnxRefusal {
      if (field.field() == NAME
          && field.type() == WireType.LENGTH_DELIMITED
          && field.valueLength() <= TEXT_MAX) {
        tensor = field.text(TEXT_MAX);
      }
    }

    /**
     * The file's part.
     *
     * @throws ReleaseRefusal BAD_MODEL when it is not in a file beside the model or below that
     */
    DataBeside find() throws IOException, ReleaseRefusal {
      String location = entries.getOrDefault("location", "");
      Path beside = Objects.requireNonNull(model.toAbsolutePath().getParent());
      Path file = beside.resolve(location).normalize();
      if (location.isEmpty()
          || Path.of(location).isAbsolute()
          || !file.startsWith(beside)
          || !Files.isRegularFile(file)) {
        throw bad("is in the file '" + location + "', which is not beside the model");
      }
      if (!file.toRealPath().startsWith(beside.toRealPath())) {
        throw bad("is in the file '" + location + "', which leads away from the model");
      }
      long size = Files.size(file);
      long offset = number("offset", 0);
      if (offset > size) {
        throw bad("begins behind the end of '" + location + "'");
      }
      long length = number("length", size - offset);
      if (length > size - offset) {
        throw bad("ends behind the end of '" + location + "'");
      }
      return new DataBeside(file, offset, length);
    }

    private long number(String key, long otherwise) throws ReleaseRefusal {
      String text = entries.get(key);
      if (text == null) {
        return otherwise;
      }
      if (!text.matches("[0-9]{1,18}")) {
        throw bad("has the " + key + " '" + text + "'");
      }
      return Long.parseLong(text);
    }

    private ReleaseRefusal bad(String what) {
      return new ReleaseRefusal(
          Code.BAD_MODEL, model + ": the data of tensor '" + tensor + "' " + what);
    }
  }
}
