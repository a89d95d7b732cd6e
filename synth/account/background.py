"""What a reader has to know before the figures: prose that is true of every dataset, and so holds no figure."""

JUST_IN_TIME = """\
A just-in-time compiler translates a part of a running program to machine code when it is first needed. It knows what
a compiler ahead of time has to guess: the types that are really used, constants that a program computed a moment ago,
the processor that it runs on. The program stays in a language that is convenient to write, and what has to be fast is
compiled; the price is the time of the first call, which a cache on disk pays once.

It matters most where a program is written by people who are not compiler engineers and runs on processors that are
not theirs: simulation, robotics, graphics and machine learning on GPUs. The same few lines of Python have to become
good code for a CPU and for several generations of GPUs, and often their derivative as well. A model that is to write,
translate, optimise or check such programs needs to have seen both ends: the source, and what really became of it.
"""

BRIDGE = """\
Between source and machine code compilers keep an intermediate representation (IR). It is explicit where source is
implicit: each value has a type and a name, each operation is a step of its own, overloads are resolved, short forms
are spelled out. It is still portable where machine code is not. So it is the place where languages and processors
meet: one front end serves many processors, one optimiser many languages; and it is where a program can be analysed
and differentiated.

For a model it is a bridge in the same sense. A pair of a source and its IR says what the source means in terms that
can be compiled and run, without words. Learning to cross the bridge in either direction is lowering and
decompilation; crossing it step by step is reasoning about programs with intermediate results that can be checked.

In this data the IR is the C++ or CUDA C++ that Warp generates: one statement for each operation, in the manner of
static single assignment, before the compiler of C++ takes over. Where records hold lower levels too, such as PTX or
LLVM IR, these continue the same chain of the same kernel.
"""

WARP = """\
[NVIDIA Warp](https://github.com/NVIDIA/warp) compiles functions that are written in a statically typed subset of
Python, for CPUs and for CUDA GPUs, and makes their derivatives.

**Kernels.** A function with the decorator `@wp.kernel` is the body of a parallel loop. `wp.launch` runs it for each
point of a grid; `wp.tid()` says which point a thread is at. A kernel returns nothing: it reads arrays and values and
writes to arrays. It may call functions with `@wp.func`, use structures with `@wp.struct`, and close over constants,
functions and types; with `wp.static` an expression is evaluated in Python while the kernel is compiled.

**Types.** Parameters are annotated; the type of everything else follows from it. There are integers, floats and
booleans of fixed width, vectors, matrices, quaternions and rigid transformations of fixed size over these,
structures, arrays of up to four dimensions, tiles that the threads of a block own together, and handles to meshes,
trees, hash grids, volumes and textures. Nothing is converted silently in arithmetic; integers wrap; a variable keeps
one type.

**Compilation.** Kernels belong to a module, the unit that is compiled, hashed and cached. When a kernel is first
launched, or compiled ahead of time, Warp takes its text by Python's `inspect`, parses it with `ast`, and walks the
tree. Each expression becomes a numbered variable, and each operation a call of a function of Warp's native library,
chosen by the types of its arguments from the overloads of that name. Loops over a short range that is known are
unrolled; others, and branches, become loops and jumps of C++. What the walk refuses never reaches the native
compiler.

**Native code.** For the CPU, clang, which is part of Warp, compiles the C++ to an object in the same process; a
function around the kernel calls it for each thread. For CUDA, NVRTC compiles CUDA C++ to PTX or to a binary for one
architecture; a grid-stride loop is around the kernel. Neither needs a GPU.

**Adjoints.** With each statement the walk also notes its reverse. The backward kernel runs the forward code again, as
far as values are needed, and then the reverses in the opposite order: each built-in `f` has an `adj_f` that adds to
the gradients of its arguments what the gradient of its result gives them. That is differentiation in reverse mode by
transformation of the source; `wp.Tape` calls it for a sequence of launches. A function may bring a gradient of its
own. Where values change in a loop whose length is not known, or are overwritten, the values of the forward run are
gone when the reverse wants them: there Warp documents that the adjoint need not be the derivative.
"""
