// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Pointer;

/** The calls of the C library that keep memory to ourselves (Linux, 64 bits). */
interface LibC extends Library {
  int O_CLOEXEC = 0x80000;
  int PROT_READ_WRITE = 1 | 2;
  int MAP_SHARED = 1;
  int MAP_PRIVATE = 2;
  int MAP_FIXED = 0x10;
  int MAP_ANONYMOUS = 0x20;
  int MADV_DONTFORK = 10;
  int MADV_DONTDUMP = 16;
  int MLOCK_ONFAULT = 1;
  int PR_GET_DUMPABLE = 3;
  int PR_SET_DUMPABLE = 4;
  int RLIMIT_CORE = 4;

  /** The number of memfd_secret, on every architecture that has it. */
  long MEMFD_SECRET = 447;

  long syscall(long number, long argument) throws LastErrorException;

  int ftruncate(int fd, long length) throws LastErrorException;

  int close(int fd) throws LastErrorException;

  Pointer mmap(Pointer address, long length, int protection, int flags, int fd, long offset)
      throws LastErrorException;

  int munmap(Pointer address, long length) throws LastErrorException;

  int mlock2(Pointer address, long length, int flags) throws LastErrorException;

  int madvise(Pointer address, long length, int advice) throws LastErrorException;

  int prctl(int option, long two, long three, long four, long five) throws LastErrorException;

  int setrlimit(int resource, long[] softAndHard) throws LastErrorException;

  int getpagesize();

  /** Fills in {@code struct sysinfo}; on 64 bits its first members are eight bytes long. */
  int sysinfo(long[] answer) throws LastErrorException;
}
