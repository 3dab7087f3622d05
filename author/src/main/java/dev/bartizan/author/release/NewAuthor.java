// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.author.publish.RepositoryPlan;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.disk.AlreadyInitialised;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.FormatRefusal;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.util.List;

/** An author's directory: role keys, an empty signed repository, and its root to hand out. */
public final class NewAuthor {
  /** The first root of trust, which devices and servers pin. */
  public static final String ROOT = "root.json";

  private static final String FILE = "author.json";
  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-author", 1);
  private static final int MAX_LENGTH = 16 * 1024;

  /** Any of these is a sign that somebody was here before. */
  private static final List<String> TRACES =
      List.of(FILE, "keys/root-1.pem", "keys/token.json", "repository/metadata/1.root.json");

  private NewAuthor() {}

  /**
   * Makes keys and repository of {@code plan}.
   *
   * @throws AlreadyInitialised when the directory holds an author's files, or a part of them
   */
  public static void create(
      SharedDirectory directory, AuthorRepository repository, RepositoryPlan plan)
      throws IOException, Refusal {
    directory.requireNone(TRACES, "an author's directory");
    Bytes root = repository.use(open -> open.create(plan));
    directory.write(ROOT, root.toArray());
    directory.write(FILE, StrictJson.writeIndented(FORMAT.begin()));
  }

  /**
   * Insists that this is an author's directory, before anything is made in it.
   *
   * @throws IOException when it is none
   * @throws FormatRefusal when it is of another version
   * @throws Malformed when it is damaged
   */
  public static void require(SharedDirectory directory)
      throws IOException, Malformed, FormatRefusal {
    String what = directory.path(FILE).toString();
    JsonFields fields = StrictJson.read(directory.read(FILE, MAX_LENGTH), MAX_LENGTH, what);
    FORMAT.accept(fields.findText("schema", DocumentFormat.MAX_TEXT), what);
  }
}
