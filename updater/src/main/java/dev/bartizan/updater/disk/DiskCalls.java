// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;

/** The calls of the C library about a file system that Java has no words for (Linux, 64 bits). */
interface DiskCalls extends Library {
  int O_WRONLY = 1;
  int O_CLOEXEC = 0x80000;
  int FALLOC_FL_KEEP_SIZE = 1;

  int ENOSPC = 28;
  int EDQUOT = 122;

  /** {@code path} ends in a zero byte. */
  int open(byte[] path, int flags) throws LastErrorException;

  int close(int fd) throws LastErrorException;

  /** Fills in {@code struct statvfs}: 64-bit numbers at its begin, 112 bytes in all. */
  int fstatvfs(int fd, long[] answer) throws LastErrorException;

  int fallocate(int fd, int mode, long offset, long length) throws LastErrorException;
}
