// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.fleet.database.DatabaseRefusal.Reason;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;

/** The files of {@code database/}: its owner's alone. */
@TouchesTheWorld("makes a directory, and looks for files that another program makes")
final class H2Folder {
  /** Below the server's directory. */
  static final String NAME = "database";

  private static final String PASSWORD = "password";
  private static final String ADDRESS = "address";
  private static final String USER = "fleet";
  private static final String FILE = "fleet";
  private static final String ON_DISK = FILE + ".mv.db";
  private static final int SECRET_BYTES = 32;
  private static final int MAX_LENGTH = 1024;

  private final SharedDirectory files;
  private final SecureRandom random;

  private H2Folder(SharedDirectory files, SecureRandom random) {
    this.files = files;
    this.random = random;
  }

  /** The folder of a server's directory; it is made when it is missing. */
  static H2Folder in(SharedDirectory directory, SecureRandom random) throws IOException {
    Path path = directory.path(NAME);
    if (!Files.isDirectory(path)) {
      Files.createDirectories(directory.path(""));
      try {
        Files.createDirectory(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (FileAlreadyExistsException another) {
        // Another command was first.
      }
    }
    return new H2Folder(new SharedDirectory(path), random);
  }

  SharedDirectory files() {
    return files;
  }

  /** The database, as H2 is told of it: without the end of the file's name. */
  Path file() {
    return files.path(FILE);
  }

  /** A user that exists in this database alone; the password is made with it. */
  Properties credentials() throws IOException, DatabaseRefusal {
    Properties who = new Properties();
    who.setProperty("user", USER);
    who.setProperty("password", password());
    return who;
  }

  private String password() throws IOException, DatabaseRefusal {
    Optional<byte[]> known = files.find(PASSWORD, MAX_LENGTH);
    if (known.isPresent()) {
      return text(known.get());
    }
    if (Files.exists(files.path(ON_DISK), LinkOption.NOFOLLOW_LINKS)) {
      throw new DatabaseRefusal(
          Reason.NO_PASSWORD,
          files.path(PASSWORD) + " is missing: the database opens with it alone");
    }
    try {
      return files.exclusively(
          () -> {
            Optional<byte[]> others = files.find(PASSWORD, MAX_LENGTH);
            return others.isPresent() ? text(others.get()) : newPassword();
          });
    } catch (Refusal impossible) {
      throw new IllegalStateException("nothing refuses there", impossible);
    }
  }

  private String newPassword() throws IOException {
    String password = secret();
    files.writePrivate(PASSWORD, password.getBytes(StandardCharsets.US_ASCII));
    return password;
  }

  /** What nobody guesses. */
  String secret() {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Where a server that has the database can be asked, {@code HOST:PORT/NAME}. */
  Optional<String> address() throws IOException {
    return files.find(ADDRESS, MAX_LENGTH).map(H2Folder::text);
  }

  void tellAddress(String address) throws IOException {
    files.writePrivate(ADDRESS, address.getBytes(StandardCharsets.US_ASCII));
  }

  void forgetAddress() throws IOException {
    files.delete(ADDRESS);
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.US_ASCII).strip();
  }
}
