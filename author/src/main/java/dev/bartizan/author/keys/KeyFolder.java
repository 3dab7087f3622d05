// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.TokenPlace;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The directory of a key ring: files 0600, the directory 0700, nothing ever overwritten. A key in a
 * file is a {@code .pem}; of a key in the token, only the public half is here, a {@code .pub}.
 */
@TouchesTheWorld("the author's key files")
public final class KeyFolder {
  private static final String IN_FILE = ".pem";
  private static final String IN_TOKEN = ".pub";
  private static final String TOKEN = "token.json";
  private static final DocumentFormat TOKEN_FORMAT = new DocumentFormat("bartizan-token", 1);
  private static final int FILE_BYTES_MAX = 64 * 1024;
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path directory;
  private final DurableFiles files = new DurableFiles();

  public KeyFolder(Path directory) {
    this.directory = directory;
  }

  /** The names of all keys, {@code "models-1"}, sorted. */
  List<String> names() throws IOException {
    return Stream.concat(names(IN_FILE), names(IN_TOKEN)).sorted().toList();
  }

  private Stream<String> names(String suffix) throws IOException {
    if (!Files.isDirectory(directory)) {
      return Stream.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(suffix))
          .map(name -> name.substring(0, name.length() - suffix.length()))
          .toList()
          .stream();
    }
  }

  /** Whether the private half is in the token. */
  boolean isInToken(String name) {
    return Files.exists(directory.resolve(name + IN_TOKEN));
  }

  /** Both halves of a key in a file, or the public one of a key in the token. */
  byte[] read(String name) throws IOException {
    return read(directory.resolve(name + (isInToken(name) ? IN_TOKEN : IN_FILE)), FILE_BYTES_MAX);
  }

  /** Writes a new key durably; fails when the name is taken, since a lost key stays lost. */
  void add(String name, byte[] pem) throws IOException {
    write(name + IN_FILE, pem);
  }

  /** The same for the public half of a key in the token. */
  void addPublic(String name, byte[] pem) throws IOException {
    write(name + IN_TOKEN, pem);
  }

  /** Where the ring's token is, or empty when it has none. */
  Optional<TokenPlace> token() throws IOException, Refusal {
    Path file = directory.resolve(TOKEN);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String what = file.toString();
    JsonFields place =
        StrictJson.read(read(file, TokenPlace.MAX_LENGTH), TokenPlace.MAX_LENGTH, what);
    TOKEN_FORMAT.accept(place.findText("schema", DocumentFormat.MAX_TEXT), what);
    return Optional.of(TokenPlace.read(place, what));
  }

  /** Remembers where the ring's token is. */
  void setToken(TokenPlace place) throws IOException {
    ObjectNode document = TOKEN_FORMAT.begin();
    place.write(document);
    write(TOKEN, StrictJson.writeIndented(document));
  }

  private static byte[] read(Path file, int limit) throws IOException {
    if (Files.size(file) > limit) {
      throw new IOException(file + ": too long for what it should be");
    }
    return Files.readAllBytes(file);
  }

  private void write(String name, byte[] content) throws IOException {
    Files.createDirectories(directory, PRIVATE_DIRECTORY);
    files.create(directory.resolve(name), content, DurableFiles.PRIVATE);
  }
}
