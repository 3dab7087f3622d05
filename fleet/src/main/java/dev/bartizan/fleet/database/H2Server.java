// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.fleet.database.DatabaseRefusal.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Set;
import org.h2.tools.Server;

/**
 * Lets the commands of this directory use the database while `serve` has it: on the loopback
 * address, for who knows a name that is made anew each time, and the password. Both are in files of
 * the owner's alone.
 */
@TouchesTheWorld("listens, and holds a lock for as long as it lives")
final class H2Server implements Closeable {
  private static final String LOCK = "serving";

  private final H2Folder folder;
  private final FileChannel lock;
  private final Server server;

  private H2Server(H2Folder folder, FileChannel lock, Server server) {
    this.folder = folder;
    this.lock = lock;
    this.server = server;
  }

  /**
   * Takes the database for this process.
   *
   * @throws DatabaseRefusal SERVED_ALREADY
   */
  static H2Server start(H2Folder folder) throws IOException, SQLException, DatabaseRefusal {
    FileChannel lock = lock(folder);
    boolean started = false;
    try {
      folder.forgetAddress();
      String host = H2Place.loopback();
      String name = folder.secret();
      Server server = listen(name, "file:" + folder.file());
      folder.tellAddress(host + ":" + server.getPort() + "/" + name);
      started = true;
      return new H2Server(folder, lock, server);
    } finally {
      if (!started) {
        lock.close();
      }
    }
  }

  private static Server listen(String name, String database) throws SQLException {
    return Server.createTcpServer(
            "-tcpPort", "0", "-tcpDaemon", "-ifExists", "-key", name, database)
        .start();
  }

  private static FileChannel lock(H2Folder folder) throws IOException, DatabaseRefusal {
    Path path = folder.files().path(LOCK);
    FileChannel channel =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      FileLock held = channel.tryLock();
      if (held != null) {
        return channel;
      }
    } catch (OverlappingFileLockException ours) {
      // Another server of this very process.
    }
    channel.close();
    throw new DatabaseRefusal(
        Reason.SERVED_ALREADY,
        "another server has "
            + folder.file()
            + ": end it, or give both a PostgreSQL (\"database\" in fleet.json)");
  }

  @Override
  public void close() throws IOException {
    if (!lock.isOpen()) {
      // By now the files may be another's.
      return;
    }
    try {
      folder.forgetAddress();
      server.stop();
    } finally {
      lock.close();
    }
  }
}
