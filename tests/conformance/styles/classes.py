"""Object-oriented Python: operators, properties, inheritance, containers, own exceptions, dataclasses."""

CELLS = [
    ("given", "from dataclasses import dataclass"),
    (
        "solution",
        '''
class Vector:
    """A vector in the plane."""
    dimensions = 2
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)
    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)
    __rmul__ = __mul__
    def __eq__(self, other):
        return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)
    def __repr__(self):
        return f"Vector({self.x}, {self.y})"
    def __len__(self):
        return 2
    def __iter__(self):
        return iter((self.x, self.y))
    def __getitem__(self, i):
        return (self.x, self.y)[i]
    @property
    def length(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5
    @classmethod
    def zero(cls):
        return cls(0, 0)

class EmptyError(Exception):
    def __init__(self, what):
        super().__init__(f"{what} is empty")
        self.what = what

class Stack:
    def __init__(self):
        self._items = []
    def push(self, item):
        self._items.append(item)
        return self
    def pop(self):
        if not self._items:
            raise EmptyError("stack")
        return self._items.pop()
    def __len__(self):
        return len(self._items)
    def __bool__(self):
        return bool(self._items)
    def __contains__(self, item):
        return item in self._items

class Animal:
    def speak(self):
        return "..."

class Dog(Animal):
    def speak(self):
        return "Woof"

@dataclass
class Point:
    x: float
    y: float = 0.0

class Counter:
    def __call__(self):
        self.count = getattr(self, "count", 0) + 1
        return self.count

class Account:
    def __init__(self): self._balance = 0
    @property
    def balance(self): return self._balance
    @balance.setter
    def balance(self, value):
        if value < 0: raise ValueError("negative")
        self._balance = value
''',
        """
class Vector:
    def __init__(self, x, y):
        self.x, self.y = y, x

class EmptyError(Exception): pass
class Stack:
    def push(self, item): pass
    def pop(self): return None
class Animal: pass
class Dog: pass
class Point:
    def __init__(self, x): self.x = x
class Counter: pass
class Account:
    balance = 0
""",
    ),
    (
        "test",
        2,
        "v = Vector(1, 2)\nassert v.x == 1 and v.y == 2\nassert v + Vector(3, 4) == Vector(4, 6)\nassert v * 2 == Vector(2, 4) and 2 * v == Vector(2, 4)\nassert v != Vector(0, 0)\nassert not v == (1, 2)",
    ),
    (
        "test",
        2,
        "v = Vector(3, 4)\nassert repr(v) == 'Vector(3, 4)' and str(v) == 'Vector(3, 4)' and f'{v}' == 'Vector(3, 4)'\nassert v.length == 5 and len(v) == 2\nassert list(v) == [3, 4] and v[0] == 3\na, b = v\nassert (a, b) == (3, 4)\nassert Vector.zero() == Vector(0, 0) and Vector.dimensions == 2\nassert isinstance(v, Vector) and type(v) is Vector and type(v).__name__ == 'Vector'\nassert 'plane' in Vector.__doc__",
    ),
    (
        "test",
        2,
        "s = Stack()\nassert not s and len(s) == 0\ns.push(1).push(2)\nassert s and 2 in s and 5 not in s\nassert s.pop() == 2 and s.pop() == 1\ntry:\n    s.pop()\n    assert False, 'no error'\nexcept EmptyError as error:\n    assert error.what == 'stack' and 'empty' in str(error)",
    ),
    (
        "test",
        1,
        "assert issubclass(Dog, Animal) and Dog().speak() == 'Woof' and Animal().speak() == '...'\nassert isinstance(Dog(), Animal) and hasattr(Dog(), 'speak') and not hasattr(Dog(), 'fly')",
    ),
    (
        "test",
        1,
        "p = Point(1.5)\nassert p.y == 0.0 and p == Point(1.5, 0.0)\np.y = 3\nassert p.y == 3 and vars(p) == {'x': 1.5, 'y': 3}",
    ),
    ("test", 1, "c = Counter()\nassert callable(c) and c() == 1 and c() == 2"),
    (
        "test",
        1,
        "a = Account()\na.balance = 10\nassert a.balance == 10\ntry:\n    a.balance = -1\nexcept ValueError:\n    pass\nelse:\n    assert False\nassert a.balance == 10\ntry:\n    a.nothing\nexcept AttributeError:\n    pass\nelse:\n    assert False",
    ),
]
