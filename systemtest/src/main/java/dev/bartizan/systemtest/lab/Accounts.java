// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** As whom the author's and the server's programs run. */
@TouchesTheWorld("owners and modes of the lab's directories")
public final class Accounts {
  /** Two that each Debian and Ubuntu has, and that own nothing. */
  private static final String AUTHOR = "games";

  private static final String SERVER = "daemon";

  private static final String OWNER_ALONE = "rwx------";
  private static final String PASSED_THROUGH = "rwx--x--x";

  private final boolean apart;

  private Accounts(boolean apart) {
    this.apart = apart;
  }

  /** Both are whoever runs this. */
  public static Accounts one() {
    return new Accounts(false);
  }

  /** Two users who cannot read each other's files, where root runs this; else as {@link #one}. */
  public static Accounts apart() {
    return new Accounts(System.getProperty("user.name", "").equals("root"));
  }

  public boolean areApart() {
    return apart;
  }

  /** What a program of the author's is run by. */
  List<String> author() {
    return prefix(AUTHOR);
  }

  /** What a program of the server's is run by. */
  List<String> server() {
    return prefix(SERVER);
  }

  private List<String> prefix(String account) {
    return apart
        ? List.of("setpriv", "--reuid", account, "--regid", account, "--clear-groups")
        : List.of();
  }

  /** Lets other accounts pass through a directory, not look into it. */
  void openWay(Path directory) throws IOException {
    if (apart) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(PASSED_THROUGH));
    }
  }

  void makeForAuthor(Path directory) throws IOException, InterruptedException {
    make(directory, AUTHOR);
  }

  void makeForServer(Path directory) throws IOException, InterruptedException {
    make(directory, SERVER);
  }

  private void make(Path directory, String account) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    if (apart) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(OWNER_ALONE));
      new Program("chown").run(account + ":", directory.toString()).expect(0);
    }
  }

  /**
   * What one hands to the other, or we hand to them: a copy that everybody may read.
   *
   * @param file or directory; as it is, where both are one
   */
  Path handOver(Path file, Path folder) throws IOException {
    if (!apart) {
      return file;
    }
    Path target = Files.createDirectories(folder).resolve(file.getFileName());
    if (Files.isDirectory(file)) {
      FileTree.delete(Files.createDirectories(target));
      Distribution.copy(file, target);
    } else {
      Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r--r--"));
    }
    return target;
  }
}
